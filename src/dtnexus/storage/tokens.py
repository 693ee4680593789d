"""Ids and secrets: made at random; of a secret only its digest is stored."""

from __future__ import annotations

import hashlib
import secrets


def new_id() -> str:
    """An id that nobody can guess: 20 hex digits."""
    return secrets.token_hex(10)


def new_token() -> str:
    """A secret for a link or a cookie: 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """SHA-256 of a secret, 64 hex digits; the secret has so much chance that it needs no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
