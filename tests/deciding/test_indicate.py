"""The indicated level: a screening result with its coverage."""

from __future__ import annotations

import pytest

from dtnexus.deciding.gates import Finding
from dtnexus.deciding.indicate import indicate
from tests.deciding.material import base, the_framework

FIRST = ("A3", "D4", "F1", "F2", "F3", "F4", "G1", "G2", "G3")
SECOND = (*FIRST, "A1", "A2", "B1", "B2", "C1", "D1", "D2", "E1")
OUT = Finding(None, applicable=False)
HUMAN = {"F1": Finding(None, applicable=False), "F2": Finding(None, applicable=False)}


def only(*observed: str, **changes: Finding | int | None) -> dict[str, Finding]:
    known: dict[str, Finding | int | None] = {c: None for c in base(the_framework()) if c not in observed}
    return base(the_framework(), **{**known, **changes})


TABLE: list[tuple[str, dict[str, Finding], int | None]] = [
    ("everything at 3", base(the_framework()), 3),
    ("documents are left out", base(the_framework(), H1=None, H2=0, H3=None), 3),
    ("nothing observed", only(), None),
    ("two of nine: too little", only("A3", "F1"), None),
    ("three of nine", only("A3", "F1", "F2"), 1),
    ("eight of seventeen: not level 2", only(*FIRST[:8]), 1),
    ("nine of seventeen", only(*FIRST), 2),
    ("nothing was contested", base(the_framework(), D1=None, D3=None), 2),
    ("one contested is enough", base(the_framework(), D1=None), 3),
    ("contested, but given in", base(the_framework(), D1=2, D3=None), 2),
    ("below level 3 only", base(the_framework(), B3=2), 2),
    ("below level 2 only", base(the_framework(), D1=1, D3=4), 1),
    ("below level 1", base(the_framework(), F1=2), 0),
    ("below level 1, hardly anything observed", only(F1=1), 0),
    ("a flag waits for people", base(the_framework(), G2=Finding(0, by_people=False, zero="flagged")), 0),
    ("a confirmed 0 whatever the median", base(the_framework(), G2=Finding(3, zero="confirmed")), 0),
    ("a flag on what nobody could rate", only(G2=Finding(None, zero="flagged")), 0),
    ("too few opportunities do not matter", base(the_framework(), G1=Finding(3, opportunities=1)), 3),
    ("exactly half of level 2", only(*FIRST[:2], *FIRST[3:], F1=OUT), 2),
    ("nothing applies", {c: OUT for c in base(the_framework())}, None),
    ("what does not apply leaves the denominator", only("A1", *(c for c in FIRST if c not in HUMAN), **HUMAN), 2),
]


@pytest.mark.parametrize(("case", "findings", "level"), TABLE, ids=lambda v: str(v)[:40] if isinstance(v, str) else "")
def test_indicated_level(case: str, findings: dict[str, Finding], level: int | None) -> None:
    assert indicate(the_framework(), findings).level == level, case


def test_coverage_is_the_share_of_transcript_criteria_that_apply() -> None:
    indicated = indicate(the_framework(), only("A3", "D4", "F3", **HUMAN))
    assert indicated.coverage == {1: 3 / 7, 2: 3 / 15, 3: 3 / 19}


def test_what_speaks_against_is_listed_and_the_words_never_say_is() -> None:
    indicated = indicate(the_framework(), base(the_framework(), D1=1))
    assert [(c.level, c.subject, c.found, c.wanted) for c in indicated.against] == [
        (2, "D1", "score 1", "at least 2"),
        (3, "D1", "score 1", "at least 3"),
    ]
    assert indicated.why.startswith("Level 1 indicated by screening")
    assert " is " not in indicated.why


def test_a_pending_flag_is_named() -> None:
    indicated = indicate(the_framework(), base(the_framework(), G2=Finding(3, zero="flagged")))
    assert indicated.flag_pending == ("G2",)
    assert "review pending" in indicated.why


def test_too_little_is_said() -> None:
    assert indicate(the_framework(), only("A3")).why.startswith("Too little observed")
