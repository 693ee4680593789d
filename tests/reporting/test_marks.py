from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dtnexus.reporting.html import tone
from dtnexus.reporting.marks import Mark, cut, shortened, visible

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@given(st.text(max_size=50), SPANS)
def test_nothing_is_lost_and_every_mark_is_whole(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [Mark(min(a, b), max(a, b), "x") for a, b in spans]
    segments = cut(text, marks)
    assert "".join(s.text for s in segments) == text
    for number, mark in enumerate(marks):
        covered = "".join(s.text for s in segments if number in s.marks)
        assert covered == text[mark.start : mark.end]
        assert sum(number in s.closes for s in segments) == (1 if covered else 0)


def test_overlapping_marks_are_drawn_as_the_worst() -> None:
    marks = (Mark(0, 6, "D2", "s3"), Mark(4, 9, "F3", "s1"))
    assert [(s.text, tone(s, marks)) for s in cut("abcdefghi", marks)] == [
        ("abcd", "s3"),
        ("ef", "s1 many"),
        ("ghi", "s1"),
    ]


@given(st.text())
def test_what_is_visible_holds_no_control_characters(text: str) -> None:
    shown = visible(text)
    assert not {c for c in shown if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0} - {"\n", "\t"}
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    shown.encode("utf-8")


def test_symbols_for_control_characters() -> None:
    assert (
        visible("a\x00b\x1b\x7f\u202e\u0085\nc\td") == "a\u2400b\u241b\u2421\u2039U+202E\u203a\u2039U+0085\u203a\nc\td"
    )
    assert (
        visible("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")
        == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )


def test_shortened_ends_at_a_word() -> None:
    assert shortened("one two three", 9) == "one two\u2026"
    assert shortened("one two", 9) == "one two"
