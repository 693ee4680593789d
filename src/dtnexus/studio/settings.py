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
class DropRules:
    """What the drop page takes, and for how long."""

    most_bytes: int = 200 * 1024 * 1024
    """Of all files of a job together."""
    most_files: int = 200
    jobs_each: int = 3
    """Open jobs of one person."""
    at_once: int = 1
    """Jobs that are done side by side."""
    keeps: timedelta = timedelta(hours=1)
    """After that everything of a job that nobody is at is deleted."""


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
    drop: DropRules = field(default_factory=DropRules)
    trusted_proxies: tuple[str, ...] = ()
    """Servers in front that may say, in ``X-Forwarded-For``, whose request they pass on; nobody else may."""
