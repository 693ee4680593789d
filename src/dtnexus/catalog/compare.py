"""What changed between two frameworks, element by element and field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import JsonValue

from dtnexus.framework import Element, Framework, Reference
from dtnexus.record import Record

WHOLE = "framework"
"""Stands for the element's id where a field of the framework itself changed."""

_NAMED_BY: Mapping[str, str] = {"anchors": "score", "scale": "score", "indicated_needs_any": "criterion"}
_OWN_ELEMENTS = frozenset({"sufficiency", "cues"})


class Change(Record):
    """One difference between two frameworks."""

    kind: Literal["added", "removed", "changed"]
    element: str
    """Id of the element; ``framework`` for the framework's own fields."""
    field: str
    """Dotted, as ``thresholds.D1``; empty where the whole element was added or removed."""
    old: str | None
    """JSON text of the value before; None: there was none."""
    new: str | None
    """JSON text of the value after; None: there is none."""

    def __str__(self) -> str:
        """The change as one line."""
        match self.kind:
            case "added":
                return f"{self.element}{self._dotted} added: {self.new}"
            case "removed":
                return f"{self.element}{self._dotted} removed: {self.old}"
            case "changed":
                return f"{self.element}{self._dotted}: {self.old} -> {self.new}"

    @property
    def _dotted(self) -> str:
        return f".{self.field}" if self.field else ""


def diff(old: Framework, new: Framework) -> list[Change]:
    """Every change from `old` to `new`: the framework's fields first, then elements in their order.

    Elements are matched by id, so a new order alone is no change. An added or removed
    element is one change, with its name as the value. Equal frameworks give an empty list.
    """
    changes = list(_field_changes(WHOLE, _own_fields(old), _own_fields(new)))
    before, after = _elements(old), _elements(new)
    for name, element in before.items():
        if name not in after:
            changes.append(Change(kind="removed", element=name, field="", old=_text(_title(element)), new=None))
        else:
            changes += _field_changes(name, _fields(element), _fields(after[name]))
    for name, element in after.items():
        if name not in before:
            changes.append(Change(kind="added", element=name, field="", old=None, new=_text(_title(element))))
    return changes


def _elements(framework: Framework) -> dict[str, Element | Reference]:
    return {**framework.by_id, **{reference.id: reference for reference in framework.references}}


def _title(element: Element | Reference) -> str:
    return element.name if isinstance(element, Element) else element.citation


def _own_fields(framework: Framework) -> dict[str, JsonValue]:
    dumped = framework.model_dump(mode="json")
    listed = {
        key
        for key, value in dumped.items()
        if isinstance(value, list) and any(isinstance(entry, dict) and "id" in entry for entry in value)
    }
    return _flat({key: value for key, value in dumped.items() if key not in listed})


def _fields(element: Element | Reference) -> dict[str, JsonValue]:
    dumped = element.model_dump(mode="json")
    return _flat({key: value for key, value in dumped.items() if key not in _OWN_ELEMENTS and key != "id"})


def _flat(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    flat: dict[str, JsonValue] = {}
    for key, value in fields.items():
        for name, part in _leaves(key, value):
            flat[name] = part
    return flat


def _leaves(key: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        for inner, part in value.items():
            yield from _leaves(f"{key}.{inner}", part)
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        named_by = _NAMED_BY.get(key, "name")
        for place, entry in enumerate(value, start=1):
            name = entry.get(named_by) if isinstance(entry, dict) else None
            yield from _leaves(f"{key}.{place if name is None else name}", entry)
    elif value is not None and value != []:
        yield key, value


def _field_changes(element: str, old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> Iterator[Change]:
    for field in {**old, **new}:
        before, after = (_text(side[field]) if field in side else None for side in (old, new))
        if before != after:
            kind: Literal["added", "removed", "changed"] = "changed"
            if before is None or after is None:
                kind = "added" if before is None else "removed"
            yield Change(kind=kind, element=element, field=field, old=before, new=after)


def _text(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
