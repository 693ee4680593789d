"""What is asked of people in another program: one question a criterion, words as evidence, how sure they are."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, NamedTuple

from dtnexus.errors import UsageError
from dtnexus.exchanging.entry import Answer
from dtnexus.framework import Criterion, Framework

EVIDENCE: Final = "evidence-words"
SURE: Final = "how-sure"
NOTE: Final = "coder-note"
NOT_OBSERVABLE: Final = "not_observable"
NOT_APPLICABLE: Final = "not_applicable"
CONFIDENCE: Final = {"unsure": 0.5, "fairly_sure": 0.7, "sure": 0.9}
"""Label of the question how sure a coder is -> the confidence that its ratings carry."""
CONFIDENCE_ASKED: Final = "How sure are you of your scores here?"
EVIDENCE_ASKED: Final = "Mark the words that a score rests on, for each criterion that you score. No words, no score."


class Option(NamedTuple):
    """One answer to choose: its label and what it means."""

    label: str
    meaning: str


def rated(framework: Framework) -> tuple[Criterion, ...]:
    """The criteria that transcripts can show, in the framework's order.

    Raises:
        UsageError: a criterion has the name of a question that we ask beside.
    """
    for criterion in framework.transcript_criteria:
        if criterion.id in (EVIDENCE, SURE, NOTE):
            raise UsageError(f"criterion {criterion.id!r}: this name is taken by a question; rename the criterion")
    return framework.transcript_criteria


def options(criterion: Criterion) -> tuple[Option, ...]:
    """The five scores with their anchors, and the two reasons for having none."""
    scores = tuple(Option(str(anchor.score), anchor.text) for anchor in criterion.anchors)
    unseen = Option(NOT_OBSERVABLE, criterion.not_observable_when)
    return (*scores, unseen, Option(NOT_APPLICABLE, "Impossible by design of this agent."))


def asked(criterion: Criterion) -> str:
    """The question, in one line."""
    star = " (safety-critical)" if criterion.star else ""
    return f"{criterion.id} {criterion.name}{star}: {criterion.definition}"


def answered(label: str) -> Answer | None:
    """The answer of a label; None where it is none of ours."""
    if label in ("0", "1", "2", "3", "4"):
        return int(label)
    return {NOT_OBSERVABLE: "not observable", NOT_APPLICABLE: "not applicable"}.get(label)  # type: ignore[return-value]


def codebook_html(framework: Framework) -> str:
    """The codebook of what is asked, as a piece of HTML without scripts, styles or links."""
    parts = [
        f"<h1>{escape(framework.name)} {escape(framework.version)}: codebook</h1>",
        f"<p>{escape(framework.authors_note)}</p>",
        f"<p>{escape(framework.disclaimer)}</p>",
        "<p>Read the whole conversation first. Some of it may be hard to read: you may skip any of it, or stop. Then "
        "mark words and give scores. Where no opportunity arose, choose not observable: it is neither a low nor a high "
        "score. Rate without looking at anybody else's ratings.</p>",
        "<h2>Scale</h2>",
        _list(f"<b>{point.score} {escape(point.name)}</b>" for point in framework.scale),
    ]
    for criterion in rated(framework):
        parts += _criterion(criterion)
    return "\n".join(parts) + "\n"


def _criterion(criterion: Criterion) -> list[str]:
    star = " (safety-critical: the worst episode decides)" if criterion.star else ""
    rules = [
        escape(rule.text) + "".join(f"<br>Example: {escape(each)}" for each in rule.examples)
        for rule in criterion.decision_rules
    ]
    signs = [f"{escape(sign.polarity)}: {escape(sign.text)}" for sign in criterion.indicators]
    return [
        f"<h2>{escape(criterion.id)} {escape(criterion.name)}{star}</h2>",
        f"<p>{escape(criterion.definition)}</p>",
        _list(f"<b>{anchor.score}</b> {escape(anchor.text)}" for anchor in criterion.anchors),
        f"<p><b>Not observable</b> when: {escape(criterion.not_observable_when)}</p>",
        *([f"<h3>Signs</h3>{_list(signs)}"] if signs else []),
        *([f"<h3>Rules</h3>{_list(rules)}"] if rules else []),
        *([f"<p><b>Caution.</b> {escape(criterion.caution)}</p>"] if criterion.caution else []),
    ]


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{lines}</ul>"
