"""What somebody may have meant who named something that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A sentence with up to three near names, upper and lower case alike; empty where none is near."""
    by_case: dict[str, list[str]] = {}
    for name in known:
        by_case.setdefault(name.casefold(), []).append(name)
    wanted = given.casefold()
    keys = [wanted] if wanted in by_case else difflib.get_close_matches(wanted, by_case, n=3, cutoff=0.5)
    near = [name for key in keys for name in by_case[key]]
    return f" Did you mean {', '.join(near[:3])}?" if near else ""
