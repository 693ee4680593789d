"""Word pieces against those of the library `tokenizers` 0.23.3, kept in `word_pieces.json`."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtnexus.coding.encoder_states import VOCABULARY
from dtnexus.coding.word_pieces import LONGEST_WORD, UNKNOWN, WordPieces

GIVEN = json.loads((Path(__file__).parent / "word_pieces.json").read_text(encoding="utf-8"))
WORDS = (files("dtnexus.coding") / "weights" / VOCABULARY).read_text(encoding="utf-8").split("\n")[:-1]
PIECES = WordPieces(WORDS)


@pytest.mark.parametrize("case", GIVEN, ids=lambda case: ascii(case["text"])[:40])
def test_the_pieces_are_those_of_the_library(case: dict[str, object]) -> None:
    assert PIECES.numbers(str(case["text"])) == case["numbers"]


@given(st.text())
def test_any_text_has_pieces_and_a_copy_has_the_same(text: str) -> None:
    found = PIECES.numbers(text)
    assert all(0 <= number < len(WORDS) for number in found)
    assert WordPieces(WORDS).numbers(text) == found


@given(st.text(), st.text())
def test_texts_apart_have_the_pieces_of_each(left: str, right: str) -> None:
    assert PIECES.numbers(f"{left} {right}") == PIECES.numbers(left) + PIECES.numbers(right)


def test_a_word_that_is_too_long_is_one_unknown_piece() -> None:
    assert PIECES.numbers("x" * (LONGEST_WORD + 1)) == [WORDS.index(UNKNOWN)]
