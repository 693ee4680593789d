"""What a studio is started with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dtnexus.storage.database import Database
from dtnexus.studio.passwords import Passwords

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""The names of this machine."""


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class StudioSettings:
    """Everything that `make_app` needs; the database is open and up to date."""

    database: Database
    passwords: Passwords = field(default_factory=Passwords)
    clock: Callable[[], datetime] = utc_now
    hosts: tuple[str, ...] = LOOPBACK_HOSTS
    """Names that the studio answers to; ``*`` is any. Others are refused, so that no foreign page can ask us."""
    secure_cookies: bool = False
    """True behind TLS: browsers then send the cookies over TLS only."""
    local_folders: bool = True
    """Whether an owner may name a folder of this machine to import; only where all users sit at it."""
    session_lasts: timedelta = timedelta(hours=12)
    upload_bytes: int = 256 * 1024 * 1024
    """The most that one request may carry."""
