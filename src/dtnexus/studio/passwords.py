"""Passwords: argon2id, a few at a time, so that many logins at once do not fill the memory."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dtnexus.errors import UsageError

LEAST = 12
"""Characters that a password needs; nothing else is demanded of it."""
MOST = 200
_AT_ONCE = 4


class Passwords:
    """Makes and checks hashes. A hash takes 64 MiB and some 50 ms with argon2-cffi's own parameters (RFC 9106)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._gate = threading.Semaphore(_AT_ONCE)
        self._nobody = self.hash(secrets.token_urlsafe())

    def accepted(self, password: str) -> str:
        """The hash of a password that is long enough.

        Raises:
            UsageError: it is too short or too long.
        """
        if not LEAST <= len(password) <= MOST:
            raise UsageError(f"a password of {LEAST} to {MOST} characters is wanted; this one has {len(password)}")
        return self.hash(password)

    def hash(self, password: str) -> str:
        """The argon2id hash of a password, with its salt and parameters."""
        with self._gate:
            return self._hasher.hash(password)

    def right(self, password_hash: str | None, password: str) -> bool:
        """Whether a password has this hash. None (nobody of that name) takes as long and is False."""
        with self._gate:
            try:
                self._hasher.verify(password_hash or self._nobody, password[:MOST])
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None
