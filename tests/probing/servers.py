"""Loopback servers that misbehave in a chosen way; always stopped when the block ends."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as the server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Behaviour = Callable[["Handler", Asked], None]


@dataclass
class Server:
    """A running server and what it was asked."""

    address: str
    behave: Behaviour
    asked: list[Asked] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: Server

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, dict(self.headers.items()), json.loads(raw) if raw else None)
        self.server_state.asked.append(asked)
        try:
            self.server_state.behave(self, asked)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.close_connection = True

    do_GET = do_DELETE = do_POST

    def body(self, text: str, kind: str = "application/json", status: int = 200, **headers: str) -> None:
        raw = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def start_stream(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def event(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()


@contextmanager
def serving(behave: Behaviour, port: int = 0) -> Iterator[Server]:
    state = Server("", behave)
    handler = type("StateHandler", (Handler,), {"server_state": state})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def chat(text: str | None, model: str = "m") -> str:
    """A whole reply as chat endpoints give it."""
    return json.dumps({"model": model, "choices": [{"message": {"role": "assistant", "content": text}}]})


def delta(text: str, finish: str | None = None) -> str:
    """An event of a streamed reply."""
    return json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": finish}]})


def says(text: str) -> Behaviour:
    return lambda to, asked: to.body(chat(text))


def leaves_after(text: str) -> Behaviour:
    """A last reply; nobody listens at the port any more when it has come."""

    def behave(to: Handler, asked: Asked) -> None:
        to.server.shutdown()
        to.server.server_close()
        to.body(chat(text))

    return behave


def html(to: Handler, asked: Asked) -> None:
    to.body("<!doctype html><html><body>Sign in</body></html>", "text/html")


def refuses(status: int, **headers: str) -> Behaviour:
    return lambda to, asked: to.body('{"error": "the words of the client are repeated here"}', status=status, **headers)


def endless(to: Handler, asked: Asked) -> None:
    to.start_stream()
    while True:
        to.event(delta("and "))
        time.sleep(0.001)


def drips(to: Handler, asked: Asked) -> None:
    """One byte now and then, for ever, so that no single wait is long."""
    to.start_stream("application/json")
    while True:
        to.wfile.write(b" ")
        to.wfile.flush()
        time.sleep(0.05)


def silent(to: Handler, asked: Asked) -> None:
    time.sleep(3)


def cut_short(to: Handler, asked: Asked) -> None:
    to.send_response(200)
    to.send_header("Content-Type", "application/json")
    to.send_header("Content-Length", "5000")
    to.end_headers()
    to.wfile.write(b'{"choices": [')


def cut_stream(to: Handler, asked: Asked) -> None:
    to.start_stream()
    to.event(delta("half a rep"))


def hangs_up(to: Handler, asked: Asked) -> None:
    to.connection.shutdown(socket.SHUT_RDWR)


def redirects(to: Handler, asked: Asked) -> None:
    to.body("", status=307, Location="http://192.0.2.1/elsewhere")


def no_http(to: Handler, asked: Asked) -> None:
    to.wfile.write(b"SSH-2.0-OpenSSH_9.0\r\n\r\n")


def huge(to: Handler, asked: Asked) -> None:
    to.body(chat("word " * 20_000))


def in_order(*behaviours: Behaviour) -> Behaviour:
    """One after another; the last one for ever."""
    left = list(behaviours)

    def behave(to: Handler, asked: Asked) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(to, asked)

    return behave
