"""The readable parts of a framework that may still have faults, so that all faults are found at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from dtnexus.catalog.strict_yaml import Data, Loc
from dtnexus.framework import (
    Cap,
    Clause,
    Criterion,
    Difference,
    Disqualifier,
    Domain,
    Element,
    Framework,
    Level,
    LikelihoodClass,
    PresentedLevel,
    QuestionRule,
    Reference,
    Risk,
    RiskPolicy,
    ScalePoint,
    SeverityClass,
    SignalRule,
)
from dtnexus.record import Record

R = TypeVar("R", bound=Record)

ELEMENT_KEYS: Mapping[str, type[Element]] = {
    "domains": Domain,
    "criteria": Criterion,
    "levels": Level,
    "caps": Cap,
    "disqualifiers": Disqualifier,
    "presented": PresentedLevel,
    "risks": Risk,
    "severities": SeverityClass,
    "likelihoods": LikelihoodClass,
    "differences": Difference,
    "clauses": Clause,
}
_NESTED = {"levels": "sufficiency", "presented": "cues"}
_REQUIRED = frozenset(name for name, field in Framework.model_fields.items() if field.is_required())


class Placed(NamedTuple):
    """An id and the place of the element that carries it."""

    id: str
    loc: Loc


class Parts:
    """Typed access to whatever can be read of a framework's data, with the place of each part."""

    def __init__(self, data: Mapping[str, Data], complete: bool) -> None:
        """`complete` False: a file was broken, so an absent key may stand in its unread part."""
        self.data = data
        self.complete = complete
        self.domains = self.entries("domains", Domain)
        self.scale = self.entries("scale", ScalePoint)
        self.criteria = self.entries("criteria", Criterion)
        self.levels = self.entries("levels", Level)
        self.caps = self.entries("caps", Cap)
        self.disqualifiers = self.entries("disqualifiers", Disqualifier)
        self.presented = self.entries("presented", PresentedLevel)
        self.risks = self.entries("risks", Risk)
        self.severities = self.entries("severities", SeverityClass)
        self.likelihoods = self.entries("likelihoods", LikelihoodClass)
        self.differences = self.entries("differences", Difference)
        self.clauses = self.entries("clauses", Clause)
        self.references = self.entries("references", Reference)

    def entries(self, key: str, kind: type[R]) -> tuple[tuple[Loc, R], ...]:
        """The entries of a list that are valid on their own, each with its place."""
        return tuple(self._readable(self._items(key), kind))

    def elements(self, key: str) -> tuple[tuple[Loc, Element], ...]:
        """The readable elements under one of `ELEMENT_KEYS`, each with its place."""
        found: tuple[tuple[Loc, Element], ...] = getattr(self, key)
        return found

    def signals(self) -> tuple[tuple[Loc, SignalRule], ...]:
        """The readable signal rules; the last step of each place is the criterion's id."""
        return self._rules("signals", SignalRule)

    def questions(self) -> tuple[tuple[Loc, QuestionRule], ...]:
        """The readable question rules; the last step of each place is the criterion's id."""
        return self._rules("questions", QuestionRule)

    def _rules(self, key: str, kind: type[R]) -> tuple[tuple[Loc, R], ...]:
        rules = self.data.get(key)
        items = (((key, name), value) for name, value in rules.items()) if isinstance(rules, dict) else ()
        return tuple(self._readable(items, kind))

    def policy(self) -> RiskPolicy | None:
        """The risk policy, or None where it cannot be read."""
        for _, policy in self._readable(((("risk_policy",), self.data.get("risk_policy")),), RiskPolicy):
            return policy
        return None

    def ids(self) -> Iterator[Placed]:
        """Every id that the data states, readable elements or not, in the order of the data."""
        for key in (*ELEMENT_KEYS, "references"):
            for loc, item in self._items(key):
                yield from _id_at(loc, item)
                nested = item.get(_NESTED.get(key, "")) if isinstance(item, dict) else None
                for place, part in enumerate(nested if isinstance(nested, list) else ()):
                    yield from _id_at((*loc, _NESTED[key], place), part)

    def known(self, *keys: str) -> frozenset[str] | None:
        """The ids that stand under these keys; None where they cannot be known.

        They cannot be known where a required key is missing (that is a fault of its own)
        or where an absent key may stand in the unread part of a broken file.
        """
        for key in keys:
            if key not in self.data and (key in _REQUIRED or not self.complete):
                return None
        wanted = {loc: item for key in keys for loc, item in self._items(key)}
        return frozenset(placed.id for loc, item in wanted.items() for placed in _id_at(loc, item))

    def whole(self, key: str) -> bool:
        """True where every entry of an optional list is known and readable (an absent list is)."""
        readable: tuple[tuple[Loc, Record], ...] = getattr(self, key)
        return len(readable) == len(self._items(key)) and (self.complete or key in self.data)

    def _items(self, key: str) -> list[tuple[Loc, Data]]:
        listed = self.data.get(key)
        return [((key, place), item) for place, item in enumerate(listed)] if isinstance(listed, list) else []

    @staticmethod
    def _readable(items: Iterable[tuple[Loc, Data]], kind: type[R]) -> Iterator[tuple[Loc, R]]:
        adapter = TypeAdapter(kind)
        for loc, item in items:
            try:
                yield loc, adapter.validate_json(json.dumps(item), strict=True)
            except ValidationError:
                continue


def _id_at(loc: Loc, item: Data) -> Iterator[Placed]:
    if isinstance(item, dict) and isinstance(item.get("id"), str):
        yield Placed(str(item["id"]), (*loc, "id"))
