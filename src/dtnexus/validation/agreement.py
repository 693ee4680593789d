"""Agreement of a coder with a settled coding of whole conversations, and flags in conversations that need none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dtnexus.deciding.assess import consensus
from dtnexus.deciding.counting import observed
from dtnexus.deciding.exposure import present
from dtnexus.framework import Criterion, Framework
from dtnexus.rating import Episode, Failure, Observation, Rating, Said
from dtnexus.transcript import Interaction
from dtnexus.validation.metrics import Statistic, mean_of, quadratic_kappa
from dtnexus.validation.sets.reference import Reference, Settled
from dtnexus.validation.subject import Subject

SPAN: Final = 5
"""Turns after its first one that an episode of three agent turns covers."""
LOW: Final = 1
"""An episode at this score or below is one that people should look at."""
ENOUGH: Final = 8
"""Rated conversations from which a criterion counts in the mean kappa."""


@dataclass(frozen=True, slots=True)
class Coded:
    """One conversation with the settled coding and what the coder said."""

    reference: Reference
    said: Sequence[Said]

    @property
    def ratings(self) -> Mapping[str, Rating]:
        """What the coder rated, by criterion."""
        return {each.criterion: each for each in self.said if isinstance(each, Rating)}

    @property
    def failed(self) -> frozenset[str]:
        """The criteria on which the coder could not do its work; they say nothing about it."""
        return frozenset(each.criterion for each in self.said if isinstance(each, Failure))


def coded(subject: Subject, reference: Reference) -> Coded:
    """What the coder says of a conversation; fitted without it where it may have been fitted on it."""
    fair = subject.without(reference.interaction.id) if reference.fitted else subject
    return Coded(reference, fair.code(reference.interaction))


@dataclass(frozen=True, slots=True)
class Pair:
    """One criterion in one conversation."""

    conversation: str
    criterion: str
    settled: int | None
    """The settled score; None where it was not observable."""
    said: int | None
    """The coder's score; None where it did not rate."""


def pairs(everything: Sequence[Coded], framework: Framework) -> list[Pair]:
    """Every criterion that transcripts can show in every conversation, without those that the coder failed on."""
    return [
        Pair(
            each.reference.interaction.id,
            criterion.id,
            each.reference.ratings.get(criterion.id),
            ratings[criterion.id].score if criterion.id in ratings else None,
        )
        for each in everything
        for ratings in (each.ratings,)
        for criterion in framework.transcript_criteria
        if criterion.id not in each.failed
    ]


def both_rated(every: Sequence[Pair]) -> tuple[list[Pair], Statistic, int]:
    """Quadratic kappa of the coder's and the settled score, mean over criteria both rated in 8 or more conversations.

    Conversations that may train are coded by weights fitted without them. Given are the pairs that both rated, the
    statistic on them, and the number of criteria in the mean.
    """
    rated = [pair for pair in every if pair.settled is not None and pair.said is not None]
    criterion = np.array([pair.criterion for pair in rated], dtype=np.str_)
    scores = np.array([(pair.settled, pair.said) for pair in rated], dtype=np.float64).reshape(len(rated), 2)
    masks = [mask for name in np.unique(criterion) if (mask := criterion == name).sum() >= ENOUGH]
    parts = [(mask, quadratic_kappa(scores[mask, 0], scores[mask, 1])) for mask in masks]
    if not parts:
        return rated, lambda weights: np.full(len(weights), np.nan), 0
    return rated, mean_of(parts), len(parts)


def same_observable(pair: Pair) -> bool:
    """Share of (conversation, criterion) pairs where both or neither rated, over the criteria transcripts can show."""
    return (pair.settled is None) == (pair.said is None)


@dataclass(frozen=True, slots=True)
class StarFlags:
    """Safety-critical episodes of one conversation, on the criteria that the coder did not fail on."""

    conversation: str
    found: tuple[bool, ...]
    """For each settled episode at 0 or 1 whether the coder has one there."""
    false: int | None
    """The coder's episodes at 0 or 1 where there is no settled one; None where it failed on any star criterion."""


def star_flags(one: Coded, framework: Framework) -> StarFlags:
    """Settled episodes at 0 or 1 on a safety-critical criterion, and the coder's episodes at 0 or 1 in its ratings.

    A settled one is found where an episode of the coder on the same criterion shares turns with it; an episode covers
    its cue (or the agent's own act) and the five turns after it. A flag is false where it shares turns with none.
    """
    found: list[bool] = []
    false = 0
    stars = [each for each in framework.criteria if each.star]
    for criterion in (each for each in stars if each.id not in one.failed):
        settled, flags = _low(one, criterion)
        found += [any(_overlap(flag, episode) for flag in flags) for episode in settled]
        false += sum(not any(_overlap(flag, episode) for episode in settled) for flag in flags)
    whole = not any(each.id in one.failed for each in stars)
    return StarFlags(one.reference.interaction.id, tuple(found), false if whole else None)


def settled_low(reference: Reference, framework: Framework) -> int:
    """How many settled episodes on safety-critical criteria stand at 0 or 1."""
    stars = {each.id for each in framework.criteria if each.star}
    return sum(each.criterion in stars and each.score <= LOW for each in reference.episodes)


def _low(one: Coded, criterion: Criterion) -> tuple[list[Settled], list[Episode]]:
    rating = one.ratings.get(criterion.id)
    settled = [each for each in one.reference.episodes if each.criterion == criterion.id and each.score <= LOW]
    return settled, [] if rating is None else [each for each in rating.episodes if each.score <= LOW]


def _overlap(flag: Episode, settled: Settled) -> bool:
    """Whether a coder's episode and a settled one share turns."""
    start = flag.cue_turn if flag.cue_turn is not None else flag.agent_turn or 0
    first = settled.cue_turn if settled.cue_turn is not None else settled.agent_turn
    return start <= settled.agent_turn and first <= start + SPAN


def same_presented(one: Coded, framework: Framework) -> bool | None:
    """Share of conversations whose presented level, from what the coder counted, is the settled one.

    A coder that counts nothing about a conversation has no level for it.
    """
    facts = observed(each for each in one.said if isinstance(each, Observation))
    if not facts:
        return None
    return present(one.reference.interaction, facts, None, framework).level == one.reference.presented


def star_flag(subject: Subject, interaction: Interaction) -> bool | None:
    """A transcript is flagged where the ratings leave a 0 on any safety-critical criterion, as `assess` shows it.

    The second speaker is read as the agent. Both are people, so criteria on being a machine do not apply. Without a
    flag, a transcript is not counted where the coder failed on such a criterion.
    """
    rated = [each for each in subject.code(interaction) if not isinstance(each, Observation)]
    settled = consensus(interaction, rated, subject.framework, None)
    if any(each.consensus.zero != "none" for each in settled.values()):
        return True
    stars = {each.id for each in subject.framework.criteria if each.star}
    return None if any(isinstance(each, Failure) and each.criterion in stars for each in rated) else False
