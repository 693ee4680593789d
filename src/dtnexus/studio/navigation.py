"""What stands in the bar of a project: one entry for each page that a role opens often."""

from __future__ import annotations

from dtnexus.sheet import MemberRole

NAVIGATION: tuple[tuple[str, str, frozenset[MemberRole]], ...] = (
    ("My queue", "queue", frozenset({"coder"})),
    ("Conversations", "import", frozenset({"owner"})),
    ("People", "people", frozenset({"owner"})),
    ("Plan", "plan", frozenset({"owner"})),
    ("Adjudication", "adjudicate", frozenset({"owner", "adjudicator"})),
    ("Agreement", "agreement", frozenset({"owner", "adjudicator", "viewer"})),
    ("Results", "results", frozenset({"owner", "viewer"})),
    ("Browse", "browse", frozenset({"owner", "viewer"})),
    ("Training", "training", frozenset({"owner", "coder"})),
    ("Gold answers", "training/gold", frozenset({"adjudicator"})),
    ("What I read", "preferences", frozenset({"coder"})),
    ("In and out", "exchange", frozenset({"owner"})),
    ("Withdrawals", "withdraw", frozenset({"owner"})),
    ("Audit log", "audit", frozenset({"owner"})),
)
"""Name, path below the project, roles. Whoever adds an area adds its line here."""


def navigation(role: MemberRole) -> tuple[tuple[str, str], ...]:
    """Name and path of the entries for a role."""
    return tuple((name, path) for name, path, roles in NAVIGATION if role in roles)
