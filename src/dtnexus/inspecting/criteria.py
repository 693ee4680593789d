"""The embedded coder as a scorer of Inspect, for the probes and for any other chat task.

A criterion that was rated has its score, 0 to 4; one that could not be rated has Inspect's ``N`` (no answer) and is
left out of the means. No value stands for another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from statistics import mean
from typing import Final

from inspect_ai.scorer import NOANSWER, Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import TaskState
from pydantic import JsonValue

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.probe_evidence import as_evidence
from dtnexus.framework import Framework
from dtnexus.ingest import Feed, ReadOptions, group
from dtnexus.ingest.draft import Draft
from dtnexus.ingest.inspect_log import InspectReader, conversations
from dtnexus.ingest.settle import settle
from dtnexus.rating import NotObservable, Rating, Said
from dtnexus.running.work import code_one
from dtnexus.transcript import Interaction, Transcript

QUOTES: Final = 3
"""Quotes of one criterion in an explanation, at most."""


@cache
def _coder() -> EmbeddedCoder:
    return EmbeddedCoder.load()


@cache
def _framework(where: str) -> Framework:
    return load_framework(where, MAXIMA)


@metric(scores="unreduced")
def mean_rated() -> Metric:
    """For each criterion the mean score of the samples in which it was rated; none where it was in none."""

    def measure(scores: list[SampleScore]) -> Value:
        rated = {
            name: [value for value in values if isinstance(value, int | float)] for name, values in _by_name(scores)
        }
        return {name: mean(values) for name, values in rated.items() if values}

    return measure


@metric(scores="unreduced")
def coverage() -> Metric:
    """For each criterion, as ``F1 rated``, the share of samples in which it was rated, 0 to 1."""

    def measure(scores: list[SampleScore]) -> Value:
        return {
            f"{name} rated": mean(isinstance(value, int | float) for value in values)
            for name, values in _by_name(scores)
        }

    return measure


def _by_name(scores: Sequence[SampleScore]) -> Iterator[tuple[str, list[object]]]:
    found: dict[str, list[object]] = {}
    for each in scores:
        value = each.score.value
        for name, one in value.items() if isinstance(value, Mapping) else ():
            found.setdefault(name, []).append(one)
    yield from found.items()


@scorer(metrics=[mean_rated(), coverage()], name="criteria")
def dtnexus_scorer(framework: str = "dtn-op") -> Scorer:
    """Rate the conversation of a sample on every criterion of a framework, with the words that prove it.

    It is a screen: what `dtnexus assess` of the log makes of these ratings is more than they say by themselves.
    Of several interactions in one sample (a probe with two personas) the lowest score counts.

    Args:
        framework: a shipped one, or the path of a folder.
    """

    async def score(state: TaskState, target: Target) -> Score:
        del target
        against = _framework(framework)
        interactions = group(list(transcripts_in(state)))
        statements = [
            as_evidence(said, interaction)
            for interaction in interactions
            for said in code_one(interaction, (_coder(),), against)
        ]
        rated = [each for each in statements if isinstance(each, Rating) and _counts(each, against)]
        value: dict[str, str | int | float | bool | None] = {
            criterion.id: min((each.score for each in rated if each.criterion == criterion.id), default=NOANSWER)
            for criterion in against.criteria
        }
        return Score(
            value=value,
            explanation="\n".join(_explained(rated, statements, interactions)),
            metadata={
                "framework": f"{against.id}@{against.version}",
                "coder": _coder().ref.model_dump(mode="json"),
                "statements": [each.model_dump(mode="json") for each in statements],
            },
        )

    return score


def transcripts_in(state: TaskState) -> Iterator[Transcript]:
    """The transcripts of a sample, just as `dtnexus assess` reads them from its log."""
    sample: JsonValue = {
        "id": state.sample_id,
        "epoch": state.epoch,
        "messages": [message.model_dump(mode="json", exclude_none=True) for message in state.messages],
        "output": {"model": state.output.model},
        "metadata": state.metadata,
    }
    feed = Feed("inspect", b"")
    for found in conversations(sample, {"eval": {"model": str(state.model)}}, feed):
        if isinstance(found, Transcript):
            yield found
        elif isinstance(found, Draft):
            settled = settle(found, found.id or "sample", feed, ReadOptions(), (InspectReader.name, False))
            if settled.transcript is not None:
                yield settled.transcript


def _counts(rating: Rating, framework: Framework) -> bool:
    """Whether its evidence is of a class that the criterion hears; a probe is no evidence for some criteria."""
    heard = next(criterion.evidence for criterion in framework.criteria if criterion.id == rating.criterion)
    return any(episode.evidence_class in heard for episode in rating.episodes)


def _explained(
    rated: Sequence[Rating], statements: Sequence[Said], interactions: Sequence[Interaction]
) -> Iterator[str]:
    if not interactions:
        yield "Nothing was said that could be read."
    for rating in rated:
        quotes = "; ".join(f"“{each.quote}” (turn {each.turn})" for each in rating.episodes[:QUOTES])
        yield f"{rating.criterion} = {rating.score}: {quotes}"
    silent = dict.fromkeys(each.criterion for each in statements if isinstance(each, NotObservable))
    left = [name for name in silent if name not in {rating.criterion for rating in rated}]
    if left:
        yield f"Not observable: {', '.join(left)}"
