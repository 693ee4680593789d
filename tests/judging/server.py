"""A real OpenAI-compatible server on loopback: a scripted reader answers, and it can misbehave in every known way."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from dtnexus.coding.judge.call import JudgeCall, Reply
from tests.coding.judge.scenes import honest

MODEL = "invented-model-2026-01"
"""The id that the server returns, whatever is asked for."""
WRITTEN = {"", "length", "content_filter", "wrong_json", "says_no", "wrong_quotes", "extra_text", "empty", "echo"}
"""Misbehaviour inside an answer that is well formed."""
RAW = {
    "html": (b"<html><body>Bad gateway</body></html>", "text/html"),
    "not chat": (b'{"hello": "world"}', "application/json"),
    "broken json": (b'{"id": "x", "choices": [', "application/json"),
}
"""Answers that are none of a chat model."""
Behaviour = Callable[[int], str]
"""Number of a request, from 0 -> how it is answered; an empty text is well."""


def well(number: int) -> str:
    """Always as it should."""
    return ""


def call_of(prompt: str) -> JudgeCall:
    """The call behind a prompt, with as much of its schema as a scripted reader needs."""
    key = re.search(r"Its key is ([0-9a-f]{16})\.", prompt)
    assert key is not None
    asked = prompt[prompt.index("What follows is asked by the program.") :]
    sections = {}
    for part in asked.split("## Section ")[1:]:
        questions = re.findall(r"^- ([A-Z]\d\.\w+) \(quote", part, re.MULTILINE)
        answers: dict[str, Any] = {"properties": {name: {} for name in questions}}
        items = {"properties": {"answers": answers}}
        sections[part.split("\n", 1)[0]] = {"properties": {"episodes": {"items": items}}}
    schema: dict[str, Any] = {"properties": {"key": {"enum": [key[1]]}, "sections": {"properties": sections}}}
    return JudgeCall(
        id="w1-g1-r1-a1", criteria=("A1",), instructions="", prompt=prompt, answer_schema=schema,
        input_tokens=0, output_tokens=0,
    )  # fmt: skip


@dataclass
class Seen:
    """A request as it came in."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def structured(self) -> bool:
        return "response_format" in self.body


@dataclass
class JudgeServer:
    """Serves until the block ends; `seen` holds the requests."""

    respond: Callable[[JudgeCall], Reply] = honest
    behaviour: Behaviour = well
    delay: float = 0.0
    seen: list[Seen] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"server_of": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def count(self, body: dict[str, Any], headers: dict[str, str]) -> int:
        with self._lock:
            self.seen.append(Seen(body, headers))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            return len(self.seen) - 1

    def end(self) -> None:
        with self._lock:
            self.at_once -= 1

    def answer(self, body: dict[str, Any]) -> str:
        reply = self.respond(call_of(body["messages"][-1]["content"]))
        return reply.text if reply.kind == "text" else json.dumps(reply.structured, ensure_ascii=False)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: JudgeServer

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        server = self.server_of
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = server.count(body, {name.lower(): value for name, value in self.headers.items()})
        try:
            time.sleep(server.delay)
            self.give(server.behaviour(number), body)
        except BrokenPipeError:
            pass
        finally:
            server.end()

    def give(self, how: str, body: dict[str, Any]) -> None:
        kept = {"429": "1", "429 long": "9999"}
        if how in WRITTEN or (how == "no schema" and "response_format" not in body):
            self.json(200, self.completion(how, body))
        elif how == "refusal":
            self.json(200, self.completion("", body, {"role": "assistant", "content": None, "refusal": "I will not."}))
        elif how in kept:
            self.json(429, {"error": {"message": "slow down"}}, {"Retry-After": kept[how]})
        elif how == "quota":
            self.json(429, {"error": {"message": "no money", "code": "insufficient_quota"}})
        elif how == "no schema" and "response_format" in body:
            self.json(400, {"error": {"message": "response_format is not supported"}})
        elif how == "slow":
            time.sleep(3)
            self.json(200, self.completion("", body))
        elif how in RAW:
            self.raw(200, *RAW[how])
        elif how == "half":
            self.half(json.dumps(self.completion("", body)).encode())
        elif how == "redirect":
            self.json(302, {}, {"Location": "http://198.51.100.7/v1/chat/completions"})
        else:
            self.json(int(how), {"error": {"message": "no"}})

    def half(self, whole: bytes) -> None:
        """Break off in the middle of an answer."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        self.wfile.write(whole[: len(whole) // 2])
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)

    def completion(self, how: str, body: dict[str, Any], message: dict[str, Any] | None = None) -> dict[str, Any]:
        text = self.server_of.answer(body)
        match how:
            case "length":
                text = text[: len(text) // 2]
            case "wrong_json":
                text = text.replace('"found"', '"fnd"', 1)
            case "says_no":
                text = "I'm sorry, but I cannot help with rating this conversation."
            case "wrong_quotes":
                text = re.sub(r'"quote": "[^"]+"', '"quote": "words that nobody ever said here"', text)
            case "extra_text":
                text = f"Here is what I found:\n{text}\nI hope it helps."
            case "empty":
                text = ""
            case "echo":
                text = f"You sent {self.headers['Authorization']}"
        reason = how if how in ("length", "content_filter") else "stop"
        return {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": MODEL,
            "choices": [
                {
                    "index": 0,
                    "finish_reason": reason,
                    "message": message or {"role": "assistant", "content": text},
                }
            ],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
        }

    def json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self.raw(status, json.dumps(value).encode(), "application/json", headers)

    def raw(self, status: int, content: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
