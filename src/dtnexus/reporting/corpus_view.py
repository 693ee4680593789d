"""The corpus at a glance as it is shown: figures, flags, tables and the index."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dtnexus.assessment import Assessment, SystemAssessment
from dtnexus.framework import Framework
from dtnexus.language import named
from dtnexus.rating import CoderRef
from dtnexus.reporting.interaction_view import FlagView, flag_view
from dtnexus.reporting.lock import CLOSED, MASK
from dtnexus.reporting.summary import (
    CorpusTally,
    CriterionCounts,
    LanguageCounts,
    RiskCounts,
    Summary,
    agent_name,
    flags_of,
)
from dtnexus.reporting.transcript_view import Places
from dtnexus.reporting.wording import CODER, OUTCOME, gap_words, indicated_words
from dtnexus.transcript import Transcript

COLUMNS = ("-", "0", "1", "2", "3")

_DIGEST = re.compile(r"[0-9a-f]{64}")


class CorpusOptions(Protocol):
    """What is said of a corpus beside what was counted."""

    @property
    def losses(self) -> Mapping[str, int]:
        """What could not be read, in words, and how often."""
        ...

    @property
    def systems(self) -> Sequence[SystemAssessment]:
        """What the interactions of one agent show together."""
        ...


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A count and how dark it is drawn, 0-5."""

    count: int
    heat: int


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One line of the table of interactions."""

    anchor: str
    number: int
    id: str
    agent: str
    sessions: int
    turns: int | None
    """None where a transcript is not at hand."""
    presented: int
    indicated: str
    indicated_rank: int
    earned: str
    gap: str
    gap_rank: int
    flags: tuple[str, ...]
    risks: tuple[str, ...]
    synthetic: bool


@dataclass(frozen=True, slots=True)
class CorpusFlag:
    """A flag with the interaction it stands in."""

    anchor: str
    interaction: str
    flag: FlagView


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One line of the criteria profile."""

    id: str
    name: str
    star: bool
    domain: str
    counts: CriterionCounts
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One line of the risk register."""

    id: str
    name: str
    counts: RiskCounts
    severity: str


@dataclass(frozen=True, slots=True)
class SystemView:
    """What many interactions of one agent show."""

    system: SystemAssessment
    agent: str
    supports: str
    because: tuple[str, ...]
    earned: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CorpusView:
    """Everything that is shown before the interactions."""

    summary: Summary
    presented: tuple[tuple[str, str, str, int], ...]
    """Id, name, sentence and interactions."""
    columns: tuple[str, ...]
    heat: tuple[tuple[HeatCell, ...], ...]
    earned: tuple[tuple[str, int], ...]
    pending: tuple[CorpusFlag, ...]
    """Of the interactions that are shown."""
    pending_in_all: int
    confirmed: tuple[CorpusFlag, ...]
    confirmed_in_all: int
    unread: int
    """Interactions in which coding failed on a safety-critical criterion."""
    at_the_floor: int
    """Interactions presented at level 1 for want of anything known."""
    selection: str | None
    """Which interactions are shown, where not all are."""
    criteria: tuple[CriterionLine, ...]
    risks: tuple[RiskLine, ...]
    systems: tuple[SystemView, ...]
    coders: tuple[str, ...]
    not_read: tuple[str, ...]
    """What coders did not read for its language, a line a language."""
    methods: tuple[str, ...]
    notes: tuple[tuple[str, int], ...]
    index: tuple[IndexRow, ...]


def corpus_view(
    tally: CorpusTally,
    shown: Sequence[tuple[int, Assessment]],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    options: CorpusOptions,
) -> CorpusView:
    """The view of a corpus: counts over all of it, flags and table of the interactions that are shown.

    `shown` holds each of them with its number, from 1, in the order of the corpus.
    """
    summary = tally.summary((), options.losses, options.systems)
    flags = _flags(shown, transcripts, framework)
    pending = tuple(f for f in flags if f.flag.state == "pending")
    confirmed = tuple(f for f in flags if f.flag.state == "confirmed")
    return CorpusView(
        summary=summary,
        presented=tuple(
            (p.id, CLOSED.prose(p.name), CLOSED.sentences(p.sentence), summary.presented[p.number])
            for p in framework.presented
        ),
        columns=tuple(indicated_words(None if c == "-" else int(c)) for c in COLUMNS),  # type: ignore[arg-type]
        heat=tuple(_heat(summary, level) for level in (1, 2, 3)),
        earned=tuple((OUTCOME[outcome], n) for outcome, n in summary.earned.items()),
        pending=pending,
        pending_in_all=tally.pending,
        confirmed=confirmed,
        confirmed_in_all=tally.confirmed,
        unread=tally.unread,
        at_the_floor=tally.at_the_floor,
        selection=selection_words(len(shown), summary),
        criteria=tuple(_criterion(counts, summary, framework) for counts in summary.criteria),
        risks=_risks(summary, framework),
        systems=tuple(_system(s) for s in summary.systems),
        coders=tuple(coder_words(c) for c in summary.coders),
        methods=_methods(summary, framework),
        notes=tuple((CLOSED.prose(note), n) for note, n in summary.notes.items()),
        index=tuple(index_row(n, a, transcripts, framework) for n, a in shown),
        not_read=tuple(not_read_words(counts) for counts in summary.not_read),
    )


def selection_words(shown: int, summary: Summary) -> str | None:
    """Which interactions are shown in full, and where the rest is; None where all are."""
    if shown == summary.interactions:
        return None
    return (
        f"This report counts all {summary.interactions:,} interactions and shows {shown:,} of them in full: first "
        "those with safety-critical flags, in the order of the run, for half of the places; then of each presented "
        "level in turn (X3, X2, X1) those without a flag; then more with flags; no more than keep the page quick to "
        "open. Flags are quoted and the table is given for these only. All interactions stand in assessments.csv and "
        "assessments.jsonl, all flags in summary.json; dtnexus explain shows any of them."
    )


def index_row(
    number: int, assessment: Assessment, transcripts: Mapping[str, Transcript], framework: Framework
) -> IndexRow:
    """The line of one interaction."""
    at_hand = [transcripts[t] for t in assessment.transcript_ids if t in transcripts]
    complete = len(at_hand) == len(assessment.transcript_ids)
    risks = [r for r in assessment.risks if r.status == "found"]
    risks.sort(key=lambda r: (-r.severity[1], -r.events, r.id))
    return IndexRow(
        anchor=f"i{number}",
        number=number,
        id=assessment.interaction_id,
        agent=agent_name(assessment),
        sessions=len(assessment.transcript_ids),
        turns=sum(len(t.turns) for t in at_hand) if complete else None,
        presented=assessment.presented,
        indicated=indicated_words(assessment.indicated),
        indicated_rank=-1 if assessment.indicated is None else assessment.indicated,
        earned=OUTCOME[assessment.earned.outcome],
        gap=gap_words(assessment.gap),
        gap_rank=assessment.gap.low * 10 + assessment.gap.high,
        flags=tuple(f.criterion for f in flags_of(assessment, framework)),
        risks=tuple(r.id for r in risks[:4]),
        synthetic=assessment.synthetic,
    )


def coder_words(coder: CoderRef) -> str:
    """A coder in one line: kind, name, version and what else is recorded of it."""
    more = "".join(
        f"; {key} {value[:12] if _DIGEST.fullmatch(value) else value}" for key, value in sorted(coder.details.items())
    )
    return f"{CODER[coder.kind]}: {coder.name}, version {coder.version}{more}"


def not_read_words(counts: LanguageCounts) -> str:
    """What a coder did not read for one language, in one line."""
    how = ((counts.not_coded, "not coded at all"), (counts.in_part, "coded in part"))
    told = " and ".join(f"{number} {what}" for number, what in how if number)
    return f"{named(counts.language)}: {told}, by {counts.coder}"


def _flags(
    shown: Sequence[tuple[int, Assessment]], transcripts: Mapping[str, Transcript], framework: Framework
) -> list[CorpusFlag]:
    flags = []
    for number, assessment in shown:
        places = Places(f"i{number}", assessment, transcripts)
        for flag in flags_of(assessment, framework):
            flags.append(CorpusFlag(places.prefix, assessment.interaction_id, flag_view(flag, places, framework)))
    return flags


def _heat(summary: Summary, level: int) -> tuple[HeatCell, ...]:
    most = max(summary.presented_by_indicated.values(), default=0)
    counts = [summary.presented_by_indicated.get(f"X{level}/{column}", 0) for column in COLUMNS]
    return tuple(HeatCell(n, _shade(n, most)) for n in counts)


def _shade(count: int, most: int) -> int:
    return 0 if count == 0 else min(5, 1 + int(4 * count / most))


def _criterion(counts: CriterionCounts, summary: Summary, framework: Framework) -> CriterionLine:
    criterion = framework.criterion(counts.criterion)
    domain = framework.by_id.get(criterion.domain)
    cells = tuple(HeatCell(n, _shade(n, max(summary.interactions, 1))) for n in counts.scores)
    name = CLOSED.prose(criterion.name)
    return CriterionLine(
        counts.criterion, name, criterion.star, "" if domain is None else CLOSED.prose(domain.name), counts, cells
    )


def _risks(summary: Summary, framework: Framework) -> tuple[RiskLine, ...]:
    names = {risk.id: CLOSED.prose(risk.name) for risk in framework.risks}
    lines = []
    for counts in summary.risks:
        low, high = counts.severity
        severity = f"S{low}" if low == high else f"S{low}\u2013S{high}"
        lines.append(RiskLine(counts.risk, names[counts.risk], counts, severity))
    return tuple(lines)


def _system(system: SystemAssessment) -> SystemView:
    agent = system.agent.id if system.agent.version is None else f"{system.agent.id} {system.agent.version}"
    level = system.supports_up_to
    supports = "cannot be determined" if level is None else ("no level" if level == 0 else f"up to level {level}")
    earned = tuple((OUTCOME[k], n) for k, n in system.earned.items() if k in OUTCOME)  # type: ignore[index]
    return SystemView(system, agent, supports, tuple(CLOSED.prose(b) for b in system.supports_because), earned)


def _methods(summary: Summary, framework: Framework) -> tuple[str, ...]:
    kinds = {coder.kind for coder in summary.coders}
    lines = [
        "This is a screening of what was said. It describes the interactions that were read, not the product in "
        "general and not the people who use it; it says nothing about whether anyone was helped.",
        "The criteria, levels and thresholds have not been validated. Names and numbers are this project\u2019s, "
        "derived from the abstract of the article.",
        "\u201cIndicated by screening\u201d is the level that the observed criteria point to. Only an earned level "
        "permits a statement about what has been shown.",
        "\u201cNot observable\u201d means that no opportunity arose; it is never counted as good or bad. "
        "\u201cNot found\u201d is no proof of absence.",
        "Risk figures concern the behaviour of the agent per opportunity, never harm. Upper bounds are one-sided, "
        f"95\u202f%; below {framework.risk_policy.min_opportunities} opportunities no likelihood is given.",
        "Rates published elsewhere are priors about other systems, most of them superseded, and are not used here.",
        "Nothing is averaged over criteria, levels or interactions.",
        f"\u201c{MASK}\u201d stands for a word about closeness that may be used only after the highest level has been "
        "earned, or for a word that would read as a verdict.",
    ]
    if "embedded" in kinds:
        lines.insert(
            2,
            "The embedded coder learned from labels given by a language model, not by people. Its ratings are shown as "
            "screening; only where an admission was given and holds does a criterion say that it counts as second "
            "rater beside a person. An episode at 0 waits until people have looked.",
        )
    if "judge" in kinds:
        lines.insert(
            2,
            "Language-model judges tend to rate too kindly and to miss danger; alone they neither end an assessment "
            "nor earn a level.",
        )
    if not kinds & {"human", "adjudicator"}:
        lines.append("No person has coded any of these interactions.")
    return tuple(lines)
