"""The errors that the guide of the embedded coder quotes."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from training.confusion_cases import GUIDE, Case, cases, side_of
from training.corpus import LABELS, Row, Values, read_jsonl

FEWEST = 10
WEAK_BELOW = 0.6


def row(text: str, values: Values) -> Row:
    return Row("client", "", text, values, None, "group", "", "own_chat")


def quoted() -> list[Case]:
    return list(cases(GUIDE.read_text(encoding="utf-8")))


def words(item: object) -> str:
    """All the strings in a JSON value."""
    if isinstance(item, dict):
        item = list(item.values())
    return " ".join(map(words, item)) if isinstance(item, list) else item if isinstance(item, str) else ""


def weak() -> Iterator[str]:
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 8 and re.fullmatch(r"`\w+`", cells[0]) and float(cells[5]) < WEAK_BELOW:
            yield cells[0].strip("`")


def test_every_weak_signal_has_ten_cases_and_more() -> None:
    counted = Counter(case.signal for case in quoted())
    names = list(weak())
    assert names
    assert {name: counted[name] for name in names if counted[name] < FEWEST} == {}


def test_every_case_is_an_invented_turn_of_the_labels() -> None:
    everything = [item for path in sorted(LABELS.glob("*.jsonl")) for item in read_jsonl(path)]
    texts = words(everything).replace('"', "'")
    parts = [(case.text, part.strip()) for case in quoted() for part in case.text.split("…")]
    assert [text for text, part in parts if part not in texts] == []


@pytest.mark.parametrize(
    ("before", "text", "fits"),
    [
        ("", "… wait for me …", True),
        ("Shall we?", "I won't wait for me to be told", False),
        ("", "'Please wait', she said. …", True),
        ("", "said. … Please", False),
    ],
)
def test_a_case_is_found_by_its_words_in_order(before: str, text: str, fits: bool) -> None:
    turn = row('"Please wait", she said. So I wait for me and nobody.', {})
    assert Case("strain", "miss", before, text).of(turn) is fits


@pytest.mark.parametrize(
    ("label", "reading", "side"), [(0, 0.6, "false hit"), (1, 0.4, "miss"), (1, 0.5, None), (0, 0.4, None)]
)
def test_an_error_has_a_side(label: float, reading: float, side: str | None) -> None:
    assert side_of("strain", row("Typical.", {"strain": label}), reading, 0.5) == side
