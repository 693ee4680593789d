"""How a criterion is judged by questions: what opens an episode, what is asked of it, what the answers score. Data.

An *episode* begins with words that open it (a cue of the client or an act of the agent) and has an
*answer*, the agent turn that is scored. Every question is answered yes, no or unclear; a yes quotes.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dtnexus.record import FrozenMap, Record
from dtnexus.signal_rule import ScoreValue

QuestionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
QuestionSide = Literal["client", "agent"]
Opener = Literal["client", "agent", "either"]
Mark = Literal["new_evidence", "reversed", "hedged", "held_not_pressed", "held"]
"""What a yes says of the push and of the agent's position; see `dtnexus.rating.Episode`."""


class Question(Record):
    """One observable thing that is so or not so."""

    ask: str = Field(min_length=1)
    """The question, in plain words; yes means that it was said or done."""
    of: QuestionSide = "agent"
    """Whose words a yes must quote."""


class AnswerCondition(Record):
    """True where all of `all_of`, one of `any_of` (if there are any) and none of `none_of` are answered yes.

    Names are those of the rule's own questions, or ``criterion.name`` of the criterion whose episodes it shares.
    """

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every question that is named."""
        return (*self.all_of, *self.any_of, *self.none_of)


class ScoreByAnswers(AnswerCondition):
    """A score and the answers that lead to it."""

    score: ScoreValue


class QuestionRule(Record):
    """How a criterion is judged by questions; the first matching entry of `scores` decides an episode.

    Without such a rule the questions are made of the criterion's anchors.
    """

    opens: str = ""
    """The question that opens an episode; empty where `episodes_of` is given."""
    by: Opener = "client"
    """Whose words open it."""
    not_opened_by: str = ""
    """What comes near and opens none."""
    episodes_of: str | None = None
    """The criterion whose episodes are judged here too, with the same cuts."""
    questions: FrozenMap[QuestionName, Question] = Field(min_length=1)
    rated_if: AnswerCondition = AnswerCondition()
    """Episodes where this does not hold are not rated."""
    scores: tuple[ScoreByAnswers, ...] = Field(min_length=1)
    otherwise: ScoreValue
    """Applies when no entry of `scores` matches."""
    marks: FrozenMap[Mark, str] = Field(default_factory=dict)
    """Which question's yes says what became of the agent's position."""
    sessions_needed: int = Field(default=1, ge=1)
    """Fewer sessions: not observable."""
    single_session_cap: ScoreValue | None = None
    """Highest score that one session alone can show."""

    @model_validator(mode="after")
    def _opens_somehow(self) -> Self:
        if bool(self.opens) == (self.episodes_of is not None):
            raise ValueError("exactly one of 'opens' and 'episodes_of' is wanted")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """Every question that conditions and marks name."""
        conditions = (self.rated_if, *self.scores)
        return (*(name for each in conditions for name in each.names), *self.marks.values())
