"""Addresses: which host a URL names, and whether it is this machine."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

from dtnexus.errors import UsageError


class Place(NamedTuple):
    """The parts of a URL that a connection needs."""

    secure: bool
    host: str
    port: int
    path: str
    """With the query; at least ``/``."""

    @property
    def shown(self) -> str:
        """Host and port, for messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether the name can only mean this machine. No name is looked up to find out."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def addresses(self) -> tuple[str, ...]:
        """What to connect to, in order; ``localhost`` is the numbers it has to mean, whatever a name server says."""
        return ("127.0.0.1", "::1") if self.host == "localhost" and not self.secure else (self.host,)

    @property
    def url(self) -> str:
        """The address in full, without user, password and query."""
        return f"{'https' if self.secure else 'http'}://{self.shown}{self.path.partition('?')[0]}"


def place(url: str, what: str) -> Place:
    """The parts of a URL.

    Args:
        url: http or https, with a host.
        what: where it stands, for the message.

    Raises:
        UsageError: it is no such URL, or holds a user or password.
    """
    wanted = "a URL such as http://127.0.0.1:8000/v1 or https://bot.example/chat is wanted"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(f"{what}: is no URL; {wanted}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{what}: is no http or https URL with a host; {wanted}")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{what}: holds a user or password; give secrets by environment variables only")
    if any(ord(letter) < 33 or ord(letter) == 127 for letter in url):
        raise UsageError(f"{what}: holds white space or control characters; {wanted}")
    secure = parts.scheme == "https"
    query = f"?{parts.query}" if parts.query else ""
    return Place(secure, parts.hostname, port or (443 if secure else 80), (parts.path or "/") + query)
