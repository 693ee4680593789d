"""What a coder does not want to read, and how many flagged units the coder has opened today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dtnexus.storage.columns import Json
from dtnexus.storage.rows import Assignment, Member

_KEY = "opt_out"


def opted_out(member: Member) -> tuple[str, ...]:
    """The safety-critical criteria of whose content warnings the member wants no unit."""
    said = member.preferences.get(_KEY, []) if isinstance(member.preferences, dict) else []
    return tuple(name for name in said if isinstance(name, str)) if isinstance(said, list) else ()


def with_opt_out(member: Member, names: Iterable[str]) -> dict[str, Json]:
    """The member's preferences with these opt-outs in place of the old ones."""
    known = member.preferences if isinstance(member.preferences, dict) else {}
    return {**known, _KEY: list(sorted(set(names)))}


def warned_today(mine: Iterable[Assignment], at: datetime) -> int:
    """Units with a content warning that were opened on this day (UTC)."""
    return sum(bool(one.warnings) and one.opened_at is not None and one.opened_at.date() == at.date() for one in mine)
