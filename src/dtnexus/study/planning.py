"""Who codes what: drawn at random by the study's seed, balanced, each coder in an order of their own."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from dtnexus.errors import UsageError
from dtnexus.record import Record
from dtnexus.sheet import Planned
from dtnexus.study.settings import StudySettings

T = TypeVar("T")


UNIT_COSTS_WORDS = 500
"""Rating all criteria of a unit counts as much as reading so many words."""


class Candidate(Record):
    """A unit as planning sees it."""

    unit_id: str
    star: bool
    words: int = 1
    """How much there is to read; the load is balanced by it."""


class Workload(Record):
    """What a plan gives to one coder."""

    person_id: str
    units: int
    words: int
    shared: int
    """Units of these that somebody else codes too."""


class StudyPlan(Record):
    """Who codes what, before anybody is told."""

    planned: tuple[Planned, ...]
    star_units: int
    star_shared: int
    rest_units: int
    rest_shared: int
    loads: tuple[Workload, ...]


def plan_study(
    units: Sequence[Candidate],
    coders: Sequence[str],
    settings: StudySettings,
    had: Mapping[str, Iterable[str]] | None = None,
    declined: Mapping[str, Iterable[str]] | None = None,
) -> StudyPlan:
    """A plan for these units and coders; the order in which they are given is irrelevant.

    Of the ★ candidates and of the other units the shares of the settings are coded by
    `coders_each` people (rounded up: at least the share), the rest by one. The longest units
    are dealt first, each to those with the least to do; ties are drawn.

    Args:
        units: what is to be coded.
        coders: ids of the people who code.
        settings: shares, people for each shared unit, seed.
        had: unit id -> people who have it already; they keep it, and it counts as their load.
        declined: unit id -> people who left it to others; it does not come back to them.

    Raises:
        UsageError: no coders; or a share is wanted and there are fewer coders than it takes.
    """
    people = sorted(set(coders))
    wanted = settings.star_overlap > 0 or settings.rest_overlap > 0
    if not people:
        raise UsageError("a plan needs coders; invite at least two")
    if wanted and len(people) < settings.coders_each:
        raise UsageError(
            f"{settings.coders_each} people are to code the shared units, and the project has "
            f"{len(people)}; invite more coders, or set both shares to 0"
        )
    drawn = random.Random(_seed(settings.seed, "plan"))  # noqa: S311 - order, not secrets
    ordered = _shuffled(sorted(units, key=lambda unit: unit.unit_id), drawn)
    before = {unit_id: frozenset(who) for unit_id, who in (had or {}).items()}
    wished = {unit_id: frozenset(who) for unit_id, who in (declined or {}).items()}
    shared = _shared(sorted(ordered, key=lambda unit: -len(before.get(unit.unit_id, ()))), settings)
    needed = {unit.unit_id: settings.coders_each if unit.unit_id in shared else 1 for unit in units}
    given = _dealt(ordered, people, needed, (before, wished), drawn)
    planned = _in_own_orders(given, shared, settings.seed)
    stars = {unit.unit_id for unit in units if unit.star}
    words = {unit.unit_id: unit.words for unit in units}
    return StudyPlan(
        planned=planned,
        star_units=len(stars),
        star_shared=len(stars & shared),
        rest_units=len(units) - len(stars),
        rest_shared=len(shared - stars),
        loads=tuple(_load(person, planned, words) for person in people),
    )


def _shared(ordered: Sequence[Candidate], settings: StudySettings) -> frozenset[str]:
    """The units that several people code: those that already are, then the first so many of a random order."""
    stars = [unit.unit_id for unit in ordered if unit.star]
    rest = [unit.unit_id for unit in ordered if not unit.star]
    return frozenset(
        stars[: _at_least(settings.star_overlap, len(stars))] + rest[: _at_least(settings.rest_overlap, len(rest))]
    )


def _at_least(share: float, of: int) -> int:
    """The least whole number that is at least this share; 25 % of 8 is 2, not 3 by rounding of floats."""
    return min(of, math.ceil(share * of - 1e-9))


def _dealt(
    ordered: Sequence[Candidate],
    people: Sequence[str],
    needed: Mapping[str, int],
    bound: tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]],
    drawn: random.Random,
) -> dict[str, list[str]]:
    """Person -> new units. Those with the least to read come first; `bound` is who has a unit, and who declined it."""
    before, declined = bound
    cost = {unit.unit_id: unit.words + UNIT_COSTS_WORDS for unit in ordered}
    load = dict.fromkeys(people, 0)
    for unit_id, who in before.items():
        for person in who:
            if person in load:
                load[person] += cost.get(unit_id, 0)
    given: dict[str, list[str]] = {person: [] for person in people}
    nobody: frozenset[str] = frozenset()
    for unit in sorted(ordered, key=lambda each: (-needed[each.unit_id], -each.words)):
        have = before.get(unit.unit_id, nobody)
        out = have | declined.get(unit.unit_id, nobody)
        free = [person for person in _shuffled(people, drawn) if person not in out]
        free.sort(key=lambda person: load[person])
        for person in free[: max(0, needed[unit.unit_id] - len(have))]:
            given[person].append(unit.unit_id)
            load[person] += cost[unit.unit_id]
    return given


def _in_own_orders(given: Mapping[str, Sequence[str]], shared: frozenset[str], seed: int) -> tuple[Planned, ...]:
    """Each person's units in an order of the person's own."""
    planned = []
    for person in sorted(given):
        own = random.Random(_seed(seed, "order", person))  # noqa: S311 - order, not secrets
        for position, unit_id in enumerate(_shuffled(sorted(given[person]), own)):
            planned.append(Planned(unit_id=unit_id, person_id=person, position=position, overlap=unit_id in shared))
    return tuple(planned)


def _load(person: str, planned: Sequence[Planned], words: Mapping[str, int]) -> Workload:
    own = [plan for plan in planned if plan.person_id == person]
    return Workload(
        person_id=person,
        units=len(own),
        words=sum(words[plan.unit_id] for plan in own),
        shared=sum(plan.overlap for plan in own),
    )


def _shuffled(items: Sequence[T], drawn: random.Random) -> list[T]:
    return drawn.sample(list(items), len(items))


def _seed(*parts: object) -> int:
    """A seed that is the same on every machine, and another one for each use."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8])
