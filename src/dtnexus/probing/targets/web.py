"""One request over HTTP within limits, tried again where that can help. The only module that opens a connection.

No redirect is followed, no proxy is used, no cookie is kept: words go to the named host and nowhere else.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple, TypeVar

from dtnexus.probe_battery import TroubleKind
from dtnexus.probing.targets.chat import Sent, TargetTrouble, Witness
from dtnexus.probing.targets.hosts import Place
from dtnexus.probing.targets.limits import Limits, Pace, Stopped, waits
from dtnexus.probing.targets.sse import events

T = TypeVar("T")
_PIECE: Final = 16_384
_NOT_DONE: Final = frozenset({429, 503})
"""The server says that it did not take the request, so that sending it again says nothing twice."""
_PASSING: Final[Mapping[int, TroubleKind]] = {
    408: "timeout", 425: "server_error", 429: "rate_limited", 500: "server_error", 502: "server_error",
    503: "server_error", 504: "server_error",
}  # fmt: skip
"""Status codes that may be other ones a little later."""
_MOST_TIMEOUTS: Final = 2
_CONNECT_S: Final = 10.0
_LEAST_SECRET: Final = 6


class Call(NamedTuple):
    """One request."""

    method: str
    place: Place
    headers: Mapping[str, str]
    body: bytes
    again: bool
    """Whether it may be sent again although the first one may have arrived."""
    key: str
    """What decides the jitter between tries."""


class _Again(Exception):
    """A try failed in a way that may pass."""

    def __init__(self, trouble: TargetTrouble, wait_s: float | None = None, arrived: bool = True) -> None:
        self.trouble, self.wait_s, self.arrived = trouble, wait_s, arrived
        super().__init__(str(trouble))


@dataclass
class Incoming:
    """An answer whose status is fine, while its body comes in."""

    response: http.client.HTTPResponse
    limits: Limits
    watch: _Watch
    _read: int = 0

    @property
    def streamed(self) -> bool:
        """Whether it is a stream of events."""
        return self._type == "text/event-stream"

    @property
    def _type(self) -> str:
        return (self.response.getheader("Content-Type") or "").partition(";")[0].strip().lower()

    def text(self) -> str:
        """The body as text (UTF-8, broken characters replaced).

        Raises:
            TargetTrouble: it is too long, does not end, or breaks off.
        """
        return b"".join(self._pieces("too_long")).decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            TargetTrouble: it is none, or as `text` says.
        """
        text = self.text()
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            looks = " that looks like a page of HTML" if text.lstrip()[:1] == "<" else ""
            what = f"{len(text)} characters of {self._type or 'no stated type'}{looks}"
            raise TargetTrouble("not_json", f"JSON was wanted and {what} came") from None

    def events(self) -> Iterator[str]:
        """The data of each event as it comes.

        Raises:
            TargetTrouble: the stream does not end, or breaks off.
        """
        self.watch.allow(self.limits.stream_s, "endless_stream")
        return events(self._pieces("endless_stream"))

    def _pieces(self, beyond: TroubleKind) -> Iterator[bytes]:
        while piece := self.response.read1(_PIECE):
            self._read += len(piece)
            if self._read > self.limits.reply_bytes:
                raise TargetTrouble(beyond, f"more than {self.limits.reply_bytes} bytes came; reading was stopped")
            yield piece
        if self.watch.expired:  # what was cut off looks whole where no length is stated
            raise TimeoutError
        if self.response.length:  # read1 does not tell that the rest of a stated length is missing
            raise http.client.IncompleteRead(b"")


class _Watch:
    """Cuts a connection when its time is up, however slowly bytes drip in."""

    def __init__(self, seconds: float) -> None:
        self.kind: TroubleKind = "timeout"
        self.expired = False
        self._sock: socket.socket | None = None
        self._timer = self._started(seconds)

    def _started(self, seconds: float) -> threading.Timer:
        self.seconds = seconds
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        return timer

    def hold(self, sock: socket.socket) -> None:
        self._sock = sock
        if self.expired:
            _cut(sock)

    def allow(self, seconds: float, kind: TroubleKind) -> None:
        self._timer.cancel()
        self.kind = kind
        self._timer = self._started(seconds)

    def end(self) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.expired = True
        if self._sock is not None:
            _cut(self._sock)


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


@dataclass
class Web:
    """Sends requests within limits; may be used by several threads."""

    limits: Limits
    pace: Pace
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must not come back in a reply and be stored."""
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, call: Call, understand: Callable[[Incoming], T], witness: Witness | None = None) -> T:
        """What `understand` makes of the answer.

        Raises:
            TargetTrouble: there is no answer, also after trying again, or `understand` raises it.
            Stopped: the battery was stopped while this waited.
        """
        timeouts = 0
        for attempt in range(self.limits.tries):
            self.pace.turn()
            outcome = "stopped"
            try:
                answer = self._once(call, understand)
                outcome = "answered"
                return answer
            except TargetTrouble as trouble:
                outcome = trouble.kind
                raise
            except _Again as failed:
                outcome = failed.trouble.kind
                timeouts += failed.trouble.kind == "timeout"
                last = attempt + 1 >= self.limits.tries or timeouts >= _MOST_TIMEOUTS
                if last or (failed.arrived and not call.again):
                    raise failed.trouble from None
                wait = self._wait(call, attempt, failed)
            finally:
                if witness is not None:
                    digest = sha256(call.body).hexdigest()
                    witness(Sent(call.place.shown, len(call.body), digest, attempt, outcome))
            self.pace.wait(wait)
        raise AssertionError("the last try either answers or raises")

    def clean(self, text: str) -> str:
        """The text without the secrets that were sent, should the other side repeat them."""
        for secret in self.secrets:
            if len(secret) >= _LEAST_SECRET:  # a shorter one may be a word
                text = text.replace(secret, "[secret removed]")
        return text

    def close(self) -> None:
        """Cut every open connection, so that whoever waits for one does so no longer."""
        with self._lock:
            for sock in self._open:
                _cut(sock)

    def _wait(self, call: Call, attempt: int, failed: _Again) -> float:
        asked = failed.wait_s
        if asked is not None and asked > self.limits.retry_after_s:
            kind, most = failed.trouble.kind, self.limits.retry_after_s
            raise TargetTrouble(kind, f"it asks to wait {asked:.0f} s; {most:.0f} s is the most that is waited")
        return max(asked or 0.0, waits(self.limits, call.key, attempt))

    def _once(self, call: Call, understand: Callable[[Incoming], T]) -> T:
        watch = _Watch(self.limits.timeout_s)
        try:
            with self._connection(call.place, watch) as connection:
                return self._exchange(call, connection, understand, watch)
        except (TargetTrouble, _Again, Stopped):
            raise
        except (OSError, http.client.HTTPException) as error:
            if self.pace.stopped.is_set():
                raise Stopped from None
            raise self._broken(error, watch) from None
        finally:
            watch.end()

    def _broken(self, error: Exception, watch: _Watch) -> TargetTrouble | _Again:
        """What a connection that broke off or timed out means."""
        if watch.expired:
            trouble = TargetTrouble(watch.kind, f"the reply did not end within {watch.seconds:g} s")
            return trouble if watch.kind == "endless_stream" else _Again(trouble)
        if isinstance(error, TimeoutError):
            return _Again(TargetTrouble("timeout", f"nothing came for {self.limits.timeout_s:g} s"))
        if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead | OSError):
            return _Again(TargetTrouble("session_lost", "the connection broke off before the reply was complete"))
        return TargetTrouble("not_json", f"what came is no HTTP ({type(error).__name__})")

    def _exchange(
        self, call: Call, connection: http.client.HTTPConnection, understand: Callable[[Incoming], T], watch: _Watch
    ) -> T:
        headers = {"Host": call.place.shown, "Accept-Encoding": "identity", "Connection": "close", **call.headers}
        connection.request(call.method, call.place.path, call.body or None, headers)
        with connection.getresponse() as response:
            if not 200 <= response.status < 300:
                raise self._declined(response)
            return understand(Incoming(response, self.limits, watch))

    def _declined(self, response: http.client.HTTPResponse) -> TargetTrouble | _Again:
        status = response.status
        if status in (401, 403):
            return TargetTrouble("wrong_key", f"HTTP {status}: the key is missing, wrong or without permission")
        if status in _PASSING:
            wait = _retry_after(response.getheader("Retry-After"))
            return _Again(TargetTrouble(_PASSING[status], f"HTTP {status}"), wait, arrived=status not in _NOT_DONE)
        if 300 <= status < 400:
            return TargetTrouble("refused", f"HTTP {status}: it points to another address, which is not followed")
        return TargetTrouble("refused", f"HTTP {status}")

    @contextmanager
    def _connection(self, place: Place, watch: _Watch) -> Iterator[http.client.HTTPConnection]:
        connection = self._connected(place)
        sock = connection.sock
        with self._lock:
            self._open.add(sock)
        watch.hold(sock)
        try:
            yield connection
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()
            connection.close()

    def _connected(self, place: Place) -> http.client.HTTPConnection:
        why = "no address"
        for address in place.addresses:
            kind = http.client.HTTPSConnection if place.secure else http.client.HTTPConnection
            connection = kind(address, place.port, timeout=min(self.limits.timeout_s, _CONNECT_S))
            try:
                connection.connect()
                connection.sock.settimeout(self.limits.timeout_s)
                return connection
            except ssl.SSLError as error:
                raise TargetTrouble("target_down", f"no secure connection to {place.shown} ({error.reason})") from None
            except OSError as error:
                why = error.strerror or type(error).__name__
                connection.close()
        raise _Again(TargetTrouble("target_down", f"no connection to {place.shown} ({why})"), arrived=False)


def _retry_after(stated: str | None) -> float | None:
    """Seconds that a server asks to wait: a number, or a date; None where it asks for nothing that can be read."""
    if stated is None:
        return None
    try:
        return max(0.0, float(int(stated.strip())))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(stated).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
