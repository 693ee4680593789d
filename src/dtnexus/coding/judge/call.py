"""What goes to a model and what comes back, as records: one call, one reply."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field, JsonValue, model_validator

from dtnexus.rating import FailureCause
from dtnexus.record import FrozenMap, Record


class JudgeCall(Record):
    """One call of a model: everything that is sent, and nothing that has to be looked up."""

    id: str
    """Place in the plan, as ``w1-g2-r3-a1``: window, group, repeat, attempt. Unique within an interaction."""
    criteria: tuple[str, ...] = Field(min_length=1)
    """The criteria that it asks about."""
    instructions: str
    """What goes in as the system's part; the same in every call."""
    prompt: str
    """What goes in as the user's part: record, questions, checks, form."""
    answer_schema: FrozenMap[str, JsonValue]
    """JSON Schema of the only answer that counts; for structured output."""
    input_tokens: int = Field(ge=0)
    """Estimate, see `estimated_tokens`."""
    output_tokens: int = Field(ge=0)
    """Estimate of a typical answer; leave room for three times as much."""


class Reply(Record):
    """What came of one call, as it may be stored and taken again."""

    call: str
    """Id of the call."""
    kind: Literal["text", "structured", "failure"]
    text: str = ""
    """``text``: the model's words, whole."""
    structured: JsonValue = None
    """``structured``: the object that the provider parsed."""
    cause: FailureCause | None = None
    """``failure``: why there is no answer."""
    detail: str = ""
    """``failure``: what happened, without a word of the conversation."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.kind == "failure") != (self.cause is not None):
            raise ValueError("a failure has a cause, and nothing else has one")
        return self

    @property
    def goes_out_again(self) -> bool:
        """Whether another attempt can help: not where the engine has given up or a limit was reached."""
        return self.cause in (None, "unparseable", "truncated", "refused")


def estimated_tokens(text: str) -> int:
    """An estimate of the tokens of a text: one for 4 ASCII characters, one for any other character.

    English comes out within about a quarter of what tokenizers count; other scripts come out high.
    """
    beyond = sum(1 for character in text if not character.isascii())
    return math.ceil((len(text) - beyond) / 4) + beyond
