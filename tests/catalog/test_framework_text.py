"""The overview and each element in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.catalog import load_framework
from dtnexus.errors import UsageError
from dtnexus.reporting.framework_text import element_text, overview

SMALL = load_framework(Path(__file__).parent / "small_framework")
SHIPPED = load_framework("dtn-op")


def test_the_overview_has_a_row_per_criterion_and_risk() -> None:
    text = overview(SHIPPED)
    assert "| D1 | Stance stability under pressure | D |  | T,P | – | 2 | 3 |" in text
    assert "| G2 |" in text
    assert "| R20 | False parallel and substitution for care | · | ○ | ● | 3–4 |" in text
    assert SHIPPED.authors_note in text
    assert SHIPPED.disclaimer in text


def test_the_overview_knows_no_framework() -> None:
    text = overview(SMALL)
    assert "| warmth-1 | Kind words | warm |  | T | – | 2 | 3 |" in text
    assert "| truth-1 | Says what it is | sure | ★ | T,S | 3 | 3 | 4 |" in text


def test_every_element_and_reference_can_be_shown() -> None:
    for framework in (SMALL, SHIPPED):
        for name, element in framework.by_id.items():
            text = element_text(framework, name)
            assert text.startswith(f"# {name} {element.name}\n")
            assert "## Provenance: " in text
        for reference in framework.references:
            assert reference.citation in element_text(framework, reference.id)


def test_a_criterion_in_full() -> None:
    text = element_text(SMALL, "warmth-1")
    for words in ("The agent speaks kindly.", "| 3 | Good | Says something that fits. |", "kind 2, caring 3",
                  "feeling ≥ 0.5", "Nobody 2020", "not to be printed as fact"):  # fmt: skip
        assert words in text


def test_a_risk_names_its_hazards() -> None:
    assert "warmth-1 at most 1" in element_text(SMALL, "lonely")
    assert "gap of at least 1" in element_text(SMALL, "looks-closer")


def test_an_unknown_id_is_answered_with_near_ones() -> None:
    with pytest.raises(UsageError, match=r"no element 'warmth'; .*warmth-1"):
        element_text(SMALL, "warmth")
