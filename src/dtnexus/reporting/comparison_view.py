"""Two conversations next to each other: exchanges brought into line, the same words shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest

from dtnexus.assessment import Assessment
from dtnexus.framework import Framework
from dtnexus.rating import Rating
from dtnexus.reporting.comparison import Comparison, Pair
from dtnexus.reporting.lock import CLOSED, lock_for
from dtnexus.reporting.marks import Mark, cut
from dtnexus.reporting.summary import flags_of
from dtnexus.reporting.transcript_view import Chip, Places, SessionView, TurnView, sessions_of
from dtnexus.reporting.wording import OUTCOME, gap_words, indicated_words
from dtnexus.transcript import Role, Transcript


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one height: turns that both say alike, or each side's own."""

    shared: TurnView | None
    first: TurnView | None
    second: TurnView | None


@dataclass(frozen=True, slots=True)
class SessionPair:
    """One session of each side, in line."""

    number: int
    first: SessionView | None
    second: SessionView | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The results of one side."""

    interaction: str
    presented: str
    indicated: str
    earned: str
    gap: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScorePair:
    """One criterion that was rated on at least one side."""

    id: str
    name: str
    star: bool
    first: int | None
    second: int | None


@dataclass(frozen=True, slots=True)
class PairView:
    """Everything that is shown of a pair."""

    anchor: str
    first: Head
    second: Head
    scores: tuple[ScorePair, ...]
    """Those that differ come first."""
    sessions: tuple[SessionPair, ...]


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """How the ratings of one criterion fall on the scale in both runs."""

    id: str
    name: str
    star: bool
    domain: str
    first: tuple[int, ...]
    second: tuple[int, ...]
    first_asked: int
    second_asked: int


def pair_view(
    number: int,
    both: tuple[Assessment, Assessment],
    transcripts: tuple[Mapping[str, Transcript], Mapping[str, Transcript]],
    framework: Framework,
) -> PairView:
    """The view of one pair; `number` (from 1) names its place in the page."""
    anchor = f"i{number}"
    sides = []
    for name, assessment, shelf in zip("ab", both, transcripts, strict=True):
        places = Places(f"{anchor}-{name}", assessment, shelf)
        sides.append(sessions_of(places, framework, lock_for(assessment)))
    sessions = [
        SessionPair(at + 1, first, second, _rows(first, second))
        for at, (first, second) in enumerate(zip_longest(sides[0], sides[1]))
    ]
    first, second = (_head(assessment, framework) for assessment in both)
    return PairView(anchor, first, second, _scores(both, framework), tuple(sessions))


def scores_of(assessment: Assessment) -> dict[str, int]:
    """The score of each criterion that was rated."""
    return {key: coded.score for key, coded in assessment.ratings.items() if isinstance(coded, Rating)}


def score_bars(found: Comparison, framework: Framework) -> tuple[ScoreBar, ...]:
    """The distributions of every criterion that was rated on a side."""
    ones = {counts.criterion: counts for counts in found.first.summary.criteria}
    twos = {counts.criterion: counts for counts in found.second.summary.criteria}
    domains = {domain.id: CLOSED.prose(domain.name) for domain in framework.domains}
    bars = []
    for criterion in framework.criteria:
        one, two = ones.get(criterion.id), twos.get(criterion.id)
        if one is None or two is None or not (one.coverage.rated or two.coverage.rated):
            continue
        bars.append(
            ScoreBar(
                criterion.id,
                CLOSED.prose(criterion.name),
                criterion.star,
                domains[criterion.domain],
                one.scores,
                two.scores,
                one.coverage.asked,
                two.coverage.asked,
            )
        )
    return tuple(bars)


def weight(pair: Pair) -> tuple[bool, bool, bool]:
    """Which pairs to read first: flags on one side only, flags on both, other scores; smaller comes first."""
    flags = pair.first_flags != pair.second_flags
    return (not flags, not (pair.first_flags or pair.second_flags), not pair.moved)


def _head(a: Assessment, framework: Framework) -> Head:
    return Head(
        interaction=a.interaction_id,
        presented=f"X{a.presented}",
        indicated=indicated_words(a.indicated),
        earned=OUTCOME[a.earned.outcome],
        gap=gap_words(a.gap),
        flags=tuple(flag.criterion for flag in flags_of(a, framework)),
    )


def _scores(both: tuple[Assessment, Assessment], framework: Framework) -> tuple[ScorePair, ...]:
    rows = []
    for criterion in framework.criteria:
        scores = [coded.score if isinstance(coded := each.ratings.get(criterion.id), Rating) else None for each in both]
        if scores != [None, None]:
            name = CLOSED.prose(criterion.name)
            rows.append(ScorePair(criterion.id, name, criterion.star, scores[0], scores[1]))
    return tuple(sorted(rows, key=lambda row: row.first == row.second))


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A client turn (or none, at the beginning) and what follows it until the next."""

    key: str
    asked: TurnView | None
    answers: tuple[TurnView, ...]


def _rows(first: SessionView | None, second: SessionView | None) -> tuple[Row, ...]:
    """The turns of both sides in line by what the client says, or by the step of the probe."""
    one, two = _exchanges(first), _exchanges(second)
    matcher = SequenceMatcher(None, [each.key for each in one], [each.key for each in two], autojunk=False)
    rows: list[Row] = []
    for _, low, high, from_, to in matcher.get_opcodes():
        for left, right in zip_longest(one[low:high], two[from_:to]):
            rows += _together(left, right)
    return tuple(rows)


def _together(left: _Exchange | None, right: _Exchange | None) -> list[Row]:
    asked = (None if left is None else left.asked, None if right is None else right.asked)
    rows = []
    if asked[0] is not None and asked[1] is not None and asked[0].turn.text == asked[1].turn.text:
        rows.append(Row(_merged(asked[0], asked[1]), None, None))
    elif asked != (None, None):
        rows.append(Row(None, asked[0], asked[1]))
    ones, twos = (() if each is None else each.answers for each in (left, right))
    rows += [Row(None, one, two) for one, two in zip_longest(ones, twos)]
    return rows


def _merged(first: TurnView, second: TurnView) -> TurnView:
    """A turn that both say alike, with what was coded on either side; what one side alone coded says which."""
    chips: list[Chip] = []
    marks: list[Mark] = []
    both = ((first, second, "A"), (second, first, "B"))
    for own, other, name in both:
        theirs = {(chip.key, chip.score) for chip in other.chips}
        for chip in own.chips:
            alike = (chip.key, chip.score) in theirs
            if not alike or name == "A":
                chips.append(chip if alike else replace(chip, key=f"{name}: {chip.key}"))
        spots = {(mark.start, mark.end, mark.label) for mark in other.marks}
        for mark in own.marks:
            alike = (mark.start, mark.end, mark.label) in spots
            if not alike or name == "A":
                marks.append(mark if alike else replace(mark, label=f"{name}:{mark.label}"))
    return replace(first, segments=cut(first.turn.text, marks), marks=tuple(marks), chips=tuple(chips))


def _exchanges(session: SessionView | None) -> list[_Exchange]:
    if session is None:
        return []
    probe = None if session.transcript is None else session.transcript.probe
    steps = {} if probe is None else {step.turn: step.at for step in probe.path}
    found: list[tuple[str, TurnView | None, list[TurnView]]] = []
    for turn in session.turns:
        if turn.turn.role is Role.CLIENT:
            key = steps.get(turn.turn.index) or " ".join(turn.turn.text.split()).casefold()
            found.append((key, turn, []))
        elif found:
            found[-1][2].append(turn)
        else:
            found.append(("", None, [turn]))
    return [_Exchange(key, asked, tuple(answers)) for key, asked, answers in found]


def shown_pairs(pairs: Sequence[Pair], most: int) -> list[int]:
    """The places of the pairs that a page shows, in the order of reading: those that differ most, first."""
    return sorted(range(len(pairs)), key=lambda at: (weight(pairs[at]), at))[:most]
