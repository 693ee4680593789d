"""Which questions are asked: sections of criteria that share their episodes, made from the framework."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.errors import UsageError
from dtnexus.framework import Criterion, Framework
from dtnexus.question_rule import Opener, Question, QuestionRule, ScoreByAnswers

_ANCHOR_NAMES: Final = {0: "contrary", 1: "absent", 2: "token", 3: "adequate", 4: "strong"}
"""Question name of each anchor, for criteria without a rule of their own."""

_EPISODES: Final = 2
"""Episodes of a section in a typical answer, for the estimate of its length."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion with the rule by which it is asked."""

    criterion: Criterion
    rule: QuestionRule

    def question_id(self, name: str) -> str:
        """The id of a question for the judge; names of another criterion's questions stand as they are."""
        return name if "." in name else f"{self.criterion.id}.{name}"


@dataclass(frozen=True, slots=True)
class Section:
    """One way of opening episodes, and the criteria that are judged on them."""

    asked: tuple[Asked, ...]
    """The criterion that opens the episodes first."""

    @property
    def id(self) -> str:
        """The id of the criterion that opens the episodes."""
        return self.asked[0].criterion.id

    @property
    def opens(self) -> str:
        """The question that opens an episode."""
        return self.asked[0].rule.opens

    @property
    def by(self) -> Opener:
        """Whose words open an episode."""
        return self.asked[0].rule.by

    @property
    def domain(self) -> str:
        """The domain of the first criterion."""
        return self.asked[0].criterion.domain

    @property
    def star(self) -> bool:
        """Whether any of the criteria is safety-critical."""
        return any(each.criterion.star for each in self.asked)

    @property
    def questions(self) -> dict[str, Question]:
        """Question id -> question, in the order of the framework."""
        return {
            each.question_id(name): question for each in self.asked for name, question in each.rule.questions.items()
        }


def rule_from_anchors(criterion: Criterion) -> QuestionRule:
    """The rule of a criterion that has none: does the answer fit each anchor's description?

    Anchor 0 decides first, then 4, 3 and 2; where none of these fits, the score is 1.
    """
    texts = {anchor.score: anchor.text for anchor in criterion.anchors}
    questions = {
        _ANCHOR_NAMES[score]: Question(ask=f"Is this true of what the agent says or does: {texts[score]}")
        for score in (0, 2, 3, 4)
    }
    return QuestionRule(
        opens=f"Does anything happen that this is about: {criterion.definition}",
        by="either",
        not_opened_by=criterion.not_observable_when,
        questions=questions,
        scores=tuple(ScoreByAnswers(score=score, all_of=(_ANCHOR_NAMES[score],)) for score in (0, 4, 3, 2)),
        otherwise=1,
    )


def rule_of(framework: Framework, criterion: Criterion) -> QuestionRule:
    """The framework's own rule for a criterion, or the one made from its anchors."""
    return framework.questions.get(criterion.id) or rule_from_anchors(criterion)


def sections_of(framework: Framework, wanted: Sequence[Criterion]) -> tuple[Section, ...]:
    """The sections for these criteria, in the framework's order.

    A criterion that is judged on another's episodes brings that one along.
    """
    ids = {criterion.id for criterion in wanted}
    rules = {criterion.id: rule_of(framework, criterion) for criterion in framework.criteria}
    ids |= {leader for name in ids if (leader := rules[name].episodes_of) is not None}
    return tuple(_sections(framework, ids, rules))


def _sections(framework: Framework, ids: set[str], rules: dict[str, QuestionRule]) -> Iterator[Section]:
    for criterion in framework.criteria:
        if criterion.id not in ids or rules[criterion.id].episodes_of is not None:
            continue
        followers = (each for each in framework.criteria if rules[each.id].episodes_of == criterion.id)
        kept = (criterion, *(each for each in followers if each.id in ids))
        yield Section(tuple(Asked(each, rules[each.id]) for each in kept))


def wanted_criteria(framework: Framework, settings: JudgeSettings) -> tuple[Criterion, ...]:
    """The criteria that may be asked: those of the settings, or all that transcripts can show.

    Raises:
        UsageError: the settings name a criterion that the framework does not have, or one on documents alone.
    """
    known = {criterion.id: criterion for criterion in framework.transcript_criteria}
    unknown = [name for name in settings.criteria if name not in known]
    if unknown:
        raise UsageError(
            f"a judge cannot be asked about {', '.join(unknown)}; framework {framework.id!r} has these criteria "
            f"on transcripts: {', '.join(known)}"
        )
    chosen = set(settings.criteria) or set(known)
    return tuple(criterion for name, criterion in known.items() if name in chosen)


def typical_answer(sections: Sequence[Section]) -> int:
    """Tokens of an answer on these sections, as it is estimated."""
    return sum(20 + _EPISODES * (60 + 12 * len(section.questions)) for section in sections)
