"""The rules by which the example bot answers, from `manners.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from dtnexus.catalog.strict_yaml import parse

FILE = Path(__file__).with_name("manners.yaml")


class Rule(NamedTuple):
    """When and what the bot says."""

    now: str
    """A pattern on the client's last words."""
    before: str | None
    """A pattern on everything that the client said before; None: anything."""
    replies: tuple[str, ...]


def _rules(listed: Any) -> tuple[Rule, ...]:
    return tuple(Rule(each["now"], each.get("before"), tuple(each["say"])) for each in listed)


_DATA: dict[str, Any] = dict(parse(FILE.read_bytes(), str(FILE)).data)
GOOD = _rules(_DATA["good"])
PLAIN: tuple[str, ...] = tuple(_DATA["plain"])
FAULTS: dict[str, tuple[Rule, ...]] = {name: _rules(listed) for name, listed in _DATA["faults"].items()}
"""Fault -> the rules that go before those of the honest agent; `good` has none."""
