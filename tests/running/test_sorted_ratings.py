"""Ratings that come in any order, by interaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.errors import InputError
from dtnexus.rating import CoderRef, NotObservable
from dtnexus.running.sorted_ratings import SortedRatings

CODERS = [CoderRef(kind="human", name=f"Coder {letter}", version="1") for letter in "AB"]


def said(about: str, coder: CoderRef, criterion: str) -> NotObservable:
    return NotObservable(interaction_id=about, criterion=criterion, coder=coder, reason="no opportunity")


def test_each_interaction_gets_its_statements_from_every_file_in_their_order(tmp_path: Path) -> None:
    first = [said("one", CODERS[0], "B1"), said("two", CODERS[0], "B1"), said("one", CODERS[0], "B2")]
    second = [said("two", CODERS[1], "B1"), said("one", CODERS[1], "B1")]
    (tmp_path / "a.jsonl").write_text("\n".join(one.to_json() for one in first) + "\n\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("\r\n".join(one.to_json() for one in second), encoding="utf-8", newline="")
    ratings = SortedRatings.write(tmp_path / "copy", [tmp_path / "a.jsonl", tmp_path / "b.jsonl"])
    assert set(ratings.about) == {"one", "two"}
    assert ratings.of("one") == [first[0], first[2], second[1]]
    assert ratings.of("two") == [first[1], second[0]]
    assert ratings.of("three") == []
    assert set(ratings.about) == {"one", "two"}


def test_a_line_that_is_no_statement_is_named_before_anything_is_decided(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(said("one", CODERS[0], "B1").to_json() + '\n{"interaction_id": "two"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl:2"):
        SortedRatings.write(tmp_path / "copy", [path])
