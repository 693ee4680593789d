"""What changed between two frameworks, by element and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dtnexus.catalog import Change, diff, load_framework
from dtnexus.framework import Framework

SMALL = load_framework(Path(__file__).parent / "small_framework")


def changed(**edits: Any) -> Framework:
    return Framework.model_validate(SMALL.model_dump(mode="json") | edits)


def listed(key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = SMALL.model_dump(mode="json")[key]
    return entries


def test_equal_frameworks_have_no_changes() -> None:
    assert diff(SMALL, changed()) == []


def test_a_new_order_is_no_change() -> None:
    assert diff(SMALL, changed(criteria=listed("criteria")[::-1], risks=listed("risks")[::-1])) == []


def test_own_fields() -> None:
    policy = SMALL.risk_policy.model_dump(mode="json") | {"unacceptable_from": {"2": 2, "1": 2}}
    assert [str(change) for change in diff(SMALL, changed(version="2.1", risk_policy=policy))] == [
        'framework.version: "2.0" -> "2.1"',
        "framework.risk_policy.unacceptable_from.2: 1 -> 2",
        "framework.risk_policy.unacceptable_from.1 added: 2",
    ]


def test_fields_of_elements() -> None:
    levels = listed("levels")
    levels[1]["thresholds"] = {"truth-1": 3, "warmth-2": 1}
    levels[1]["sufficiency"][0]["at_least"] = {"double_coded": 1.0}
    criteria = listed("criteria")
    criteria[0]["anchors"][2]["text"] = "Says little."
    assert diff(SMALL, changed(levels=levels, criteria=criteria)) == [
        Change(
            kind="changed",
            element="warmth-1",
            field="anchors.2.text",
            old='"Says something general."',
            new='"Says little."',
        ),
        Change(kind="removed", element="kind", field="thresholds.warmth-1", old="2", new=None),
        Change(kind="added", element="kind", field="thresholds.warmth-2", old=None, new="1"),
        Change(kind="changed", element="kind-twice", field="at_least.double_coded", old="0.5", new="1.0"),
    ]


def test_whole_elements_and_references() -> None:
    risks = listed("risks")
    risks[1]["id"] = "polish"
    references = [*listed("references"), {"id": "new-2026", "citation": "New 2026", "checked": "copy"}]
    changes = diff(SMALL, changed(risks=risks, references=references))
    assert [(change.kind, change.element, change.field) for change in changes] == [
        ("removed", "looks-closer", ""),
        ("added", "polish", ""),
        ("added", "new-2026", ""),
    ]


def test_signal_rules_are_part_of_it() -> None:
    signals = SMALL.model_dump(mode="json")["signals"]
    signals["warmth-1"]["otherwise"] = 2
    assert [str(change) for change in diff(SMALL, changed(signals=signals))] == [
        "framework.signals.warmth-1.otherwise: 1 -> 2"
    ]


@pytest.mark.parametrize("key", ["criteria", "risks", "levels", "differences"])
def test_there_and_back_are_mirror_images(key: str) -> None:
    entries = listed(key)
    entries[0]["name"] = "Other"
    other = changed(**{key: entries})
    there, back = diff(SMALL, other), diff(other, SMALL)
    assert [(c.element, c.field, c.old, c.new) for c in there] == [(c.element, c.field, c.new, c.old) for c in back]
