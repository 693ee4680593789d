"""An OpenAI-compatible server on loopback: ``python -m benchmarks.small_model.server --port 8135``.

It prints one JSON line with its addresses when the model is there. It logs nothing, and ends with SIGTERM, or with
its standard input where ``--until-input-ends`` is given.

========================== ===========================================================================
address                    ``response_format`` with a JSON schema is
========================== ===========================================================================
``/v1``                    followed: the model decides only what the schema leaves open
``/free/v1``               taken and not followed, as many small servers do: the model says what it says
``/plain/v1``              refused with status 400
========================== ===========================================================================

``GET /counts`` tells how many completions were asked for, how many were given, and the tokens of these.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from benchmarks.small_model.closed_answers import FormWriter, UnknownForm
from benchmarks.small_model.drafting import DraftPen
from benchmarks.small_model.language import MOST_KEPT, Gone, Pen, SmallModel, TooLong, Wish
from benchmarks.small_model.weights import find_weights

NAME: Final = "smollm2"
ROOTS: Final = {"/v1": "follow", "/free/v1": "ignore", "/plain/v1": "refuse"}
LONGEST_BODY: Final = 4_000_000
DEFAULT_LIMIT: Final = 256
"""Tokens of a reply where the request names no limit."""


class Refused(Exception):
    """A request that cannot be answered: status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass
class Desk:
    """The model, who may use it, and what it did."""

    model: SmallModel
    most_tokens: int = 100_000
    """Longest free text, whatever is asked for."""
    turn: threading.Lock = field(default_factory=threading.Lock)
    counts: dict[str, int] = field(
        default_factory=lambda: {"asked": 0, "answered": 0, "input_tokens": 0, "cached_tokens": 0, "output_tokens": 0}
    )


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, checked."""

    messages: list[dict[str, str]]
    wish: Wish
    schema: dict[str, Any] | None
    stream: bool
    usage: bool
    """Whether a stream tells the tokens at its end."""


def request_of(body: object, how: str) -> Request:
    """The request in a body.

    Raises:
        Refused: it has a fault, or names another model.
    """
    if not isinstance(body, dict):
        raise Refused(400, "the body is no JSON object")
    if body.get("model") != NAME:
        raise Refused(404, f"there is one model here, {NAME}")
    given = body.get("messages")
    if not isinstance(given, list) or not given:
        raise Refused(400, "messages: at least one is needed")
    wanted = body.get("response_format") or {"type": "text"}
    schema = wanted.get("json_schema", {}).get("schema") if wanted.get("type") == "json_schema" else None
    if schema is not None and how == "refuse":
        raise Refused(400, "response_format: not supported")
    stop = body.get("stop") or ()
    wish = Wish(
        limit=int(body.get("max_completion_tokens") or body.get("max_tokens") or DEFAULT_LIMIT),
        temperature=float(body.get("temperature") or 0.0),
        seed=int(body.get("seed") or 0),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
    )
    return Request(
        messages=[_message(each) for each in given],
        wish=wish,
        schema=schema if how == "follow" else None,
        stream=bool(body.get("stream")),
        usage=bool((body.get("stream_options") or {}).get("include_usage")),
    )


def _message(given: object) -> dict[str, str]:
    if not isinstance(given, dict) or given.get("role") not in ("system", "user", "assistant"):
        raise Refused(400, "messages: each needs a role: system, user or assistant")
    content = given.get("content") or ""
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return {"role": str(given["role"]), "content": str(content)}


def texts(pen: Pen, request: Request) -> Iterator[str]:
    """The reply so far, each time it has grown.

    Raises:
        UnknownForm: the schema is beyond what can be followed here.
        Gone: nobody waits any more.
    """
    if isinstance(pen, DraftPen) and request.schema is not None:
        pen.compose(FormWriter(pen, request.schema).write)
        yield pen.model.text(pen.written)
    else:
        yield from pen.freely()


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    desk: Desk
    connection: socket.socket

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Models and counts."""
        if self.path == "/counts":
            self._json(200, dict(self.desk.counts))
        elif self.path.removesuffix("/models") in ROOTS:
            self._json(200, {"object": "list", "data": [{"id": NAME, "object": "model", "owned_by": "nobody"}]})
        else:
            self._json(404, {"error": {"message": "no such address"}})

    def do_POST(self) -> None:
        """A completion."""
        try:
            how = ROOTS.get(self.path.removesuffix("/chat/completions"))
            length = int(self.headers.get("Content-Length") or 0)
            if how is None or not self.path.endswith("/chat/completions"):
                raise Refused(404, "no such address")
            if length > LONGEST_BODY:
                raise Refused(413, "the body is too long")
            raw = self.rfile.read(length)
            self._complete(request_of(self._parsed(raw), how))
        except Refused as refused:
            kind = "invalid_request_error"
            self._json(refused.status, {"error": {"message": refused.reason, "type": kind}})
        except (Gone, BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _parsed(self, raw: bytes) -> object:
        try:
            return json.loads(raw)
        except ValueError:
            raise Refused(400, "the body is no JSON") from None

    def _complete(self, request: Request) -> None:
        counts = self.desk.counts
        with self.desk.turn:
            counts["asked"] += 1
            if not self._there():
                raise Gone
            prompt = self.desk.model.prompt(request.messages)
            wish = request.wish
            if request.schema is None:
                wish = replace(wish, limit=min(wish.limit, self.desk.most_tokens))
            try:
                kind = Pen if request.schema is None else DraftPen
                pen = self.desk.model.pen(kind, prompt, wish, self._there)
                if request.stream:
                    self._stream(pen, request)
                    text = ""
                else:
                    text = ([""] + list(texts(pen, request)))[-1]
            except TooLong as error:
                raise Refused(400, f"context length exceeded: {error}") from None
            except UnknownForm as error:
                raise Refused(400, f"response_format: {error}") from None
            counts["answered"] += 1
            counts["input_tokens"] += len(prompt)
            counts["cached_tokens"] += pen.cached
            counts["output_tokens"] += len(pen.written)
        usage = _usage(len(prompt), pen)
        if request.stream:
            if request.usage:
                self._event({**_head("chat.completion.chunk"), "choices": [], "usage": usage})
            self._event("[DONE]")
            self._chunk(b"")
            return
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": _reason(pen)}
        self._json(200, {**_head("chat.completion"), "choices": [choice], "usage": usage})

    def _stream(self, pen: Pen, request: Request) -> None:
        """Send the reply piece by piece; what may still become a stop word is held back."""
        held = max((len(word) for word in request.wish.stop), default=1) - 1
        sent, whole, begun = 0, "", False
        for whole in texts(pen, request):
            if not begun:
                begun = self._begin_stream()
            until = max(sent, len(whole) - held)
            if until > sent:
                self._delta({"content": whole[sent:until]})
                sent = until
        if not begun:
            self._begin_stream()
        if whole[sent:]:
            self._delta({"content": whole[sent:]})
        self._delta({}, _reason(pen))

    def _begin_stream(self) -> bool:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._delta({"role": "assistant", "content": ""})
        return True

    def _delta(self, delta: dict[str, str], reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        self._event({**_head("chat.completion.chunk"), "choices": [choice]})

    def _event(self, value: object) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        self._chunk(f"data: {text}\n\n".encode())

    def _chunk(self, raw: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))
        self.wfile.flush()

    def _there(self) -> bool:
        """Whether whoever asked still holds the connection."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        try:
            return not readable or self.connection.recv(1, socket.MSG_PEEK) != b""
        except OSError:
            return False

    def _json(self, status: int, value: object) -> None:
        raw = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-small", "object": kind, "created": int(time.time()), "model": NAME}


def _reason(pen: Pen) -> str:
    return "length" if pen.cut else "stop"


def _usage(prompt: int, pen: Pen) -> dict[str, Any]:
    made = len(pen.written)
    details = {"cached_tokens": pen.cached}
    return {
        "prompt_tokens": prompt,
        "completion_tokens": made,
        "total_tokens": prompt + made,
        "prompt_tokens_details": details,
    }


def _wait_for_end(serving: ThreadingHTTPServer) -> None:
    sys.stdin.read()
    serving.shutdown()


def main() -> None:
    """Load the model and serve until told to end."""
    parser = argparse.ArgumentParser(description="A small language model on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--most-kept", type=int, default=MOST_KEPT, help="blocks of prompts that are kept; 0 keeps none"
    )
    parser.add_argument("--most-tokens", type=int, default=100_000, help="longest free text, whatever is asked for")
    parser.add_argument("--until-input-ends", action="store_true", help="end with standard input")
    given = parser.parse_args()
    desk = Desk(SmallModel(find_weights(), given.threads, given.most_kept), given.most_tokens)
    serving = ThreadingHTTPServer(("127.0.0.1", given.port), type("Serving", (Handler,), {"desk": desk}))
    serving.daemon_threads = True
    if given.until_input_ends:
        threading.Thread(target=_wait_for_end, args=(serving,), daemon=True).start()
    here = f"http://127.0.0.1:{serving.server_address[1]}"
    print(json.dumps({"model": NAME, **{how: here + root for root, how in ROOTS.items()}, "counts": here + "/counts"}))
    sys.stdout.flush()
    serving.serve_forever(0.05)
    serving.server_close()


if __name__ == "__main__":
    main()
