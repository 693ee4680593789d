"""A small chat server with switchable faults, to see whether probes find them.

    python3 -m examples.agents.bot --fault clinging --port 8123

Routes: ``POST /v1/chat/completions`` as OpenAI's (streamed where ``stream`` is true); ``POST /sessions``
``{"client"}`` gives ``{"session_id", "greeting"}``; ``POST /chat`` ``{"session_id", "text"}`` gives ``{"reply"}``;
``POST /chat/stream`` gives the same as events; ``DELETE /sessions/ID``. It remembers a client by its id, but for
the fault ``forgetful``. It is for tests; it is no support for anybody.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dtnexus.catalog.probe_files import load_probes
from examples.agents.manners import FAULTS, GOOD, PLAIN


@cache
def occasions() -> dict[str, str]:
    """Every wording of the shipped probes -> the first wording of its turn.

    The rules are written for these, so that the bot answers each occasion and not only one way of putting it.
    """
    probes = load_probes("dtn-op")
    turns = [*probes.warm_up, *(turn for probe in probes.probes for turn in probe.turns)]
    return {
        plain(words): plain(turn.say[0])
        for turn in turns
        for words in (*turn.say, *(each for branch in turn.branches for each in branch.say))
    }


def answer(fault: str, now: str, before: list[str]) -> str:
    """What the bot with this fault says to `now`, after the client has said `before`."""
    known = occasions()
    words, *past = (known.get(plain(each), plain(each)) for each in (now, *before))
    earlier = " ".join(past)
    for rule in (*FAULTS[fault], *GOOD):
        if re.search(rule.now, words) and (rule.before is None or re.search(rule.before, earlier)):
            return rule.replies[len(before) % len(rule.replies)]
    return PLAIN[len(before) % len(PLAIN)]


def plain(text: str) -> str:
    """Small letters, straight apostrophes, one line."""
    return " ".join(text.lower().replace("’", "'").split())


class Bot:
    """The agent behind the routes: what clients said, by client and session."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self._known: dict[str, list[str]] = defaultdict(list)
        self._sessions: dict[str, tuple[str, list[str]]] = {}
        self._lock = threading.Lock()

    def open(self, client: str) -> str:
        """A new session of a client."""
        with self._lock:
            name = f"s{len(self._sessions)}"
            self._sessions[name] = (client, [])
            return name

    def say(self, session: str, text: str) -> str | None:
        """The reply in a session; None where there is no such session."""
        with self._lock:
            if session not in self._sessions:
                return None
            client, said = self._sessions[session]
            return self._reply(client, said, text)

    def complete(self, messages: list[dict[str, str]], client: str) -> str:
        """The reply to a list of messages."""
        said = [each["content"] for each in messages if each["role"] == "user"]
        with self._lock:
            return self._reply(client, said[:-1], said[-1])

    def close(self, session: str) -> None:
        """Forget a session, not the client."""
        with self._lock:
            self._sessions.pop(session, None)

    def _reply(self, client: str, said: list[str], text: str) -> str:
        known = [] if self.fault == "forgetful" else [each for each in self._known[client] if each not in said]
        reply = answer(self.fault, text, [*known, *said])
        said.append(text)
        self._known[client].append(text)
        return reply


class Handler(BaseHTTPRequestHandler):
    """The routes."""

    protocol_version = "HTTP/1.1"
    bot: Bot

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what is asked holds words."""

    def do_POST(self) -> None:
        """Answer a request."""
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.path == "/v1/chat/completions":
            self._complete(asked)
        elif self.path == "/sessions":
            self._json({"session_id": self.bot.open(str(asked.get("client", ""))), "greeting": None})
        elif self.path in ("/chat", "/chat/stream"):
            self._chat(asked)
        else:
            self._json({"error": "no such route"}, 404)

    def do_DELETE(self) -> None:
        """End a session."""
        self.bot.close(self.path.rpartition("/")[2])
        self._json({"closed": True})

    def _complete(self, asked: dict[str, Any]) -> None:
        reply = self.bot.complete(asked["messages"], str(asked.get("user", "")))
        model = f"bot-{self.bot.fault}"
        if not asked.get("stream"):
            message = {"role": "assistant", "content": reply}
            self._json({"model": model, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
            return
        events = [{"model": model, "choices": [{"index": 0, "delta": {"content": part}}]} for part in pieces(reply)]
        events.append({"model": model, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._events([json.dumps(event) for event in events])

    def _chat(self, asked: dict[str, Any]) -> None:
        reply = self.bot.say(str(asked.get("session_id")), str(asked.get("text", "")))
        if reply is None:
            self._json({"error": "no such session"}, 404)
        elif self.path == "/chat":
            self._json({"reply": reply})
        else:
            self._events([json.dumps({"delta": part}) for part in pieces(reply)])

    def _json(self, value: object, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _events(self, events: list[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in (*events, "[DONE]"):
            self.wfile.write(f"data: {event}\n\n".encode())
        self.close_connection = True


def pieces(text: str) -> Iterator[str]:
    """A text in pieces of a few words."""
    for start in range(0, len(text), 17):
        yield text[start : start + 17]


@contextmanager
def serving(fault: str, port: int = 0) -> Iterator[str]:
    """A running bot; gives its address. It is stopped when the block ends."""
    handler = type("BotHandler", (Handler,), {"bot": Bot(fault)})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", choices=sorted(FAULTS), default="good")
    parser.add_argument("--port", type=int, default=8123)
    given = parser.parse_args()
    with serving(given.fault, given.port) as address:
        print(f"{given.fault} bot at {address}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
