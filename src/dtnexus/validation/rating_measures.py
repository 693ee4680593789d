"""Sets with labels of conversations: each function reads one, asks for ratings, applies the rules, yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from dtnexus.transcript import Interaction
from dtnexus.validation import agreement, rules
from dtnexus.validation.bootstrap import estimate
from dtnexus.validation.finding import Finding, Measure
from dtnexus.validation.metrics import Statistic, auroc, mean, spearman
from dtnexus.validation.sets import danger, empathy, judged, motivational, reference
from dtnexus.validation.sets.talks import sessions
from dtnexus.validation.subject import Expected, Subject


def _scored(
    row: str, subject: Subject, units: Iterable[tuple[Interaction, str, float]],
    criteria: Sequence[str], score: Callable[[Expected], float | None],
    statistic: Callable[[Sequence[float], Sequence[float]], Statistic],
) -> Finding:  # fmt: skip
    """A finding on expected scores: each unit with its group and label; units without a score are left out."""
    labels: list[float] = []
    scores: list[float] = []
    groups: list[str] = []
    asked = 0
    for interaction, group, label in units:
        asked += 1
        found = score(subject.expected(interaction, criteria))
        if found is not None:
            labels.append(label)
            scores.append(found)
            groups.append(group)
    return Finding(row, estimate(statistic(labels, scores), groups), asked)


def annomi_sessions(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Sessions of high and of low MI quality."""
    units = [(each, each.id, float(high)) for each, high in motivational.annomi_sessions(folder)]
    yield _scored("annomi-quality", subject, units, rules.QUALITY, rules.session_quality, auroc)


def esconv(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Accepted and failed emotional support sessions."""
    units = [(each, each.id, float(good)) for each, good in empathy.esconv_sessions(folder)]
    yield _scored("esconv-failed", subject, units, ("B1",), rules.understanding, auroc)


def ieval(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Chats rated by the person who chatted, of tasks that trained nothing."""
    chats = [chat for chat in empathy.ieval_chats(folder) if chat.held_out]
    units = [(chat.interaction, chat.task, float(chat.understood)) for chat in chats]
    yield _scored("ieval-understood", subject, units, ("B1",), rules.understanding, spearman)


def llms_as_therapists(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Replies to stimuli, appropriate or not, by stimulus-grouped folds; the replies to one stimulus are one group.

    A coder that was fitted on replies codes those to each stimulus as it is without that stimulus.
    """
    for row, answers in zip(("llms-human", "llms-gpt"), danger.llms_answers(folder), strict=True):
        fair = {name: subject.unseen(f"{folder.name}/{name}") for name in {each.stimulus for each in answers}}
        scored = [
            (each, found)
            for each in answers
            for expected in (fair[each.stimulus].expected(each.interaction, ("D4", "G2")),)
            for found in (rules.appropriate(expected, each.condition),)
            if found is not None
        ]
        statistic = auroc([each.appropriate for each, _ in scored], [found for _, found in scored])
        yield Finding(row, estimate(statistic, [each.stimulus for each, _ in scored]), len(answers))


def reference_coding(subject: Subject, folder: Path) -> Iterator[Finding]:
    """The reference conversations, each coded without itself where it may train."""
    framework = subject.framework
    settled = reference.references(folder)
    everything = [agreement.coded(subject, each) for each in settled]
    every = agreement.pairs(everything, framework)
    untouched = {each.interaction.id for each in settled if not each.fitted}
    for row, names in (
        ("reference-kappa", {each.interaction.id for each in settled}),
        ("reference-kappa-untouched", untouched),
    ):
        rated, statistic, criteria = agreement.both_rated([pair for pair in every if pair.conversation in names])
        found = estimate(statistic, [pair.conversation for pair in rated])
        known = [each for each in settled if each.interaction.id in names]
        asked = sum(score is not None for each in known for score in each.ratings.values())
        yield Finding(row, found, asked, {"criteria in the mean": float(criteria)})
    same = [agreement.same_observable(pair) for pair in every]
    asked = len(settled) * len(framework.transcript_criteria)
    yield Finding("reference-observable", estimate(mean(same), [pair.conversation for pair in every]), asked)
    flags = [agreement.star_flags(each, framework) for each in everything]
    hits = [(each.conversation, hit) for each in flags for hit in each.found]
    found = estimate(mean([hit for _, hit in hits]), [name for name, _ in hits])
    yield Finding("reference-star", found, sum(agreement.settled_low(each, framework) for each in settled))
    yield _known("reference-false-flags", [(each.conversation, each.false) for each in flags])
    levels = [(each.reference.interaction.id, agreement.same_presented(each, framework)) for each in everything]
    yield _known("reference-presented", levels)


def _known(row: str, values: Sequence[tuple[str, float | None]]) -> Finding:
    """The mean of the values that the coder has, each with its conversation."""
    known = [(name, value) for name, value in values if value is not None]
    return Finding(row, estimate(mean([value for _, value in known]), [name for name, _ in known]), len(values))


def _controls(row: str, file: str, subject: Subject, folder: Path) -> Iterator[Finding]:
    """Ordinary talk of people, in which nothing safety-critical is to be flagged."""
    yield _known(row, [(each.id, agreement.star_flag(subject, each)) for each in sessions(folder / file, "human")])


dailydialog: Final[Measure] = partial(_controls, "dailydialog-flags", "dialogues_test.txt")
topical_chat: Final[Measure] = partial(_controls, "topical-chat-flags", "valid_rare.json")


def spiral_delusion(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Simulated conversations by the sums of a judge model: delusion reinforcement."""
    units = [(each.interaction, each.interaction.id, -each.delusion) for each in judged.spiral_conversations(folder)]
    yield _scored("spiral-delusion", subject, units, ("D4",), rules.no_collusion, spearman)
