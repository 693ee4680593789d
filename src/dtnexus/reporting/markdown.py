"""One assessment in Markdown: why this level, why this rating."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dtnexus.assessment import Assessment
from dtnexus.framework import Criterion, Framework
from dtnexus.rating import Episode, Rating
from dtnexus.reporting.interaction_view import ConditionLine, CriterionRow, InteractionView, RiskRow, interaction_view
from dtnexus.reporting.lock import lock_for
from dtnexus.reporting.marks import shortened, visible
from dtnexus.reporting.summary import episodes_of
from dtnexus.reporting.transcript_view import Quote
from dtnexus.reporting.wording import NOT_A_FAILING, gap_sentence, gap_words
from dtnexus.transcript import Transcript

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&])")


def assessment_markdown(
    assessment: Assessment, transcripts: Mapping[str, Transcript], framework: Framework, quotes: int = 2
) -> str:
    """A short summary: three results, why, flags, what was rated, risks found, what would change it.

    Args:
        assessment: The interaction.
        transcripts: By id; used to check where quotes stand.
        framework: The framework that the assessment was made with.
        quotes: Most quotes a criterion; 0 leaves all words of the conversation out.
    """
    view = interaction_view(1, assessment, transcripts, framework)
    parts = [
        f"# {plain(assessment.interaction_id)}",
        f"{plain(framework.disclaimer)}",
        _results(view),
        *_why(view),
        *_flags(view, quotes),
        *_criteria(view, quotes),
        *_risks(view, quotes),
        *_list("What would change this", view.would_change),
        *_list("Notes", view.notes),
    ]
    return "\n\n".join(parts) + "\n"


def rating_markdown(assessment: Assessment, criterion_id: str, framework: Framework) -> str:
    """Why one criterion got its score: definition, rule, thresholds, every episode with its words.

    Raises:
        KeyError: the framework has no such criterion.
    """
    criterion = framework.criterion(criterion_id)
    lock = lock_for(assessment)
    view = interaction_view(1, assessment, {}, framework)
    line = next(r for _, rows in view.domains for r in rows if r.id == criterion_id)
    parts = [
        f"# {criterion.id} {plain(line.name)} in {plain(assessment.interaction_id)}",
        plain(lock.sentences(criterion.definition)),
        f"**{_score(line)}**{_by(line)} {plain(line.text)}".rstrip(),
        _aggregation(criterion),
        *_list("Remarks", line.remarks),
        *_thresholds(criterion, framework),
        *_episodes(assessment, criterion_id),
        *_list("Rules", tuple(text for rule in criterion.decision_rules if (text := lock.sentences(rule.text)))),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _results(view: InteractionView) -> str:
    a = view.assessment
    shown = f"level {a.earned.shown}" if a.earned.shown else "no level"
    ceiling = f"level {a.earned.ceiling}" if a.earned.ceiling else "none"
    lines = [
        "| result | |",
        "|---|---|",
        f"| presented | X{a.presented} {plain(view.presented_name)} |",
        f"| indicated by screening | {view.indicated} |",
        f"| earned | {view.earned} (shown: {shown}; highest not excluded: {ceiling}) |",
        f"| gap | {gap_words(a.gap)}. {gap_sentence(a.gap)} |",
    ]
    if a.earned.outcome == "cannot_be_determined":
        lines += ["", NOT_A_FAILING]
    return "\n".join(lines)


def _why(view: InteractionView) -> list[str]:
    parts = ["## Why this level", plain(view.why)]
    if view.why_not:
        parts.append("\n".join(f"- {plain(reason)}" for reason in view.why_not))
    if view.against:
        parts.append("\n".join(_condition(line) for line in view.against))
    return parts


def _condition(line: ConditionLine) -> str:
    return f"- {line.subject} {plain(line.name)}: {plain(line.found)}; {plain(', '.join(line.wanted))}"


def _flags(view: InteractionView, quotes: int) -> list[str]:
    if not view.flags:
        return []
    lines = []
    for flag in view.flags:
        state = "pending review" if flag.state == "pending" else "confirmed"
        lines.append(f"- **{flag.criterion} {plain(flag.name)}: 0**, {state}")
        lines += [_quote(q) for q in flag.quotes[:quotes]]
    return ["## Safety-critical flags", "\n".join(lines)]


def _criteria(view: InteractionView, quotes: int) -> list[str]:
    rows = [r for _, domain in view.domains for r in domain]
    lines = []
    for r in rows:
        if r.score is not None:
            lines.append(f"- {r.id} {plain(r.name)}: **{_score(r)}**{_by(r)} {plain(r.text)}")
            lines += [_quote(q) for q in r.quotes[:quotes]]
    others = [f"{r.id} {r.word}" for r in rows if r.score is None]
    coverage = view.assessment.coverage
    parts = [f"## Criteria ({coverage.rated} of {coverage.asked} rated)"]
    if lines:
        parts.append("\n".join(lines))
    if others:
        parts.append(f"Not rated: {', '.join(others)}.")
    return parts


def _risks(view: InteractionView, quotes: int) -> list[str]:
    found = [r for r in view.risks if r.status == "found"]
    if not found:
        return []
    lines = []
    for r in found:
        lines.append(_risk(r))
        lines += [_quote(q) for q in r.quotes[: min(quotes, 1)]]
    return [f"## Risks found at presented level X{view.assessment.presented}", "\n".join(lines)]


def _risk(r: RiskRow) -> str:
    counts = f"{r.events} of {r.opportunities} opportunities"
    name = f"{r.id} {plain(r.name)} ({r.severity}, {r.prominence})"
    return f"- {name}: {counts}; likelihood of the behaviour {r.likelihood}"


def _score(r: CriterionRow) -> str:
    return r.word if r.score is None else f"{r.score} {r.word}"


def _by(r: CriterionRow) -> str:
    return f" ({plain(r.by)})" if r.by else ""


def _aggregation(criterion: Criterion) -> str:
    how = {
        "worst": "The worst episode decides.",
        "median": "The median over the episodes decides, rounded down.",
        "best": "The best episode decides.",
    }[criterion.aggregation]
    if criterion.zero_shows_after is not None:
        times = criterion.zero_shows_after
        how += f" {times} {'episode' if times == 1 else 'episodes'} at 0 make the rating 0."
    return how + (" Safety-critical: a confirmed 0 ends the assessment." if criterion.star else "")


def _thresholds(criterion: Criterion, framework: Framework) -> list[str]:
    wants = []
    for step in framework.levels:
        if criterion.id in step.thresholds:
            least = criterion.min_opportunities.get(step.number)
            more = "" if least is None else f" from {least} or more opportunities"
            wants.append(f"level {step.number} wants at least {step.thresholds[criterion.id]}{more}")
    return _list("Thresholds", tuple(wants) or ("no level asks for this criterion",))


def _episodes(assessment: Assessment, criterion_id: str) -> list[str]:
    episodes = episodes_of(assessment.ratings.get(criterion_id))
    if not episodes:
        return []
    return ["## Episodes", "\n".join(_episode(e, assessment) for e in episodes)]


def _episode(episode: Episode, assessment: Assessment) -> str:
    ids = assessment.transcript_ids
    where = f"{plain(episode.transcript_id)}, turn {episode.turn}" if len(ids) > 1 else f"turn {episode.turn}"
    why = f" {plain(lock_for(assessment).prose(episode.why))}." if episode.why else ""
    numbers = f"expected {episode.expected:.2f}, confidence {episode.confidence:.2f}"
    rated = isinstance(assessment.ratings.get(episode.criterion), Rating)
    head = f"**{episode.score}** {where} ({numbers})" if rated else f"{where}, not rated"
    return f"- {head}:{why}\n{_words(episode.quote)}"


def _quote(quote: Quote) -> str:
    return f"{_words(quote.text)} ({quote.where})"


def _words(text: str) -> str:
    return f"  > {plain(shortened(text))}"


def _list(title: str, lines: tuple[str, ...]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {plain(line)}" for line in lines)] if lines else []


def plain(text: str) -> str:
    """The text on one line with markup escaped and invisible characters shown."""
    return _MARKUP.sub(r"\\\1", " ".join(visible(text).split()))
