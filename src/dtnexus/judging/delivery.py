"""What comes of one request: an answer with what it cost, or trouble that says whether trying again can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from dtnexus.coding.judge.call import JudgeCall, Reply
from dtnexus.rating import FailureCause
from dtnexus.record import Record

_ROOM: Final = 4
"""An answer may be so many times as long as a typical one."""
_PROMPT_MARGIN: Final = 1.25
"""A prompt may have so many times the tokens that are estimated."""
_LEAST_ROOM: Final = 100


class Parameters(Record):
    """What is sent beside the prompt; a part of what a reply is stored under."""

    temperature: float | None = Field(default=0.0, ge=0, le=2)
    """None: not sent; some models take none."""
    answer_tokens: int = Field(default=4_000, ge=100)
    """Room for an answer, at least; models that think before they answer need more."""

    context: int | None = Field(default=None, ge=1_000)
    """Tokens that the model takes, prompt and answer together; None: more than any call needs."""

    def room(self, call: JudgeCall) -> int:
        """The longest answer to a call, in tokens; a longer one is cut and counts as truncated."""
        room = max(self.answer_tokens, _ROOM * call.output_tokens)
        if self.context is None:
            return room
        return max(_LEAST_ROOM, min(room, self.context - round(call.input_tokens * _PROMPT_MARGIN)))

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave a missing context out, so that replies from before it existed are still found."""
        given: dict[str, Any] = handler(self)
        return {name: value for name, value in given.items() if name != "context" or value is not None}


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of one request as the provider counts them; None where it does not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """An answer came, good or bad."""

    reply: Reply
    model: str
    """Model id as returned; empty where it was not."""
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Trouble:
    """No answer came."""

    cause: FailureCause
    detail: str
    """What happened, in our words; never the conversation's nor the server's."""
    again: bool
    """Whether another try can help."""
    wait: float | None = None
    """Seconds that the server asks for."""
    closes: bool = False
    """Whether it will be the same with every other call: a wrong key, an unknown model."""
    billed: bool = False
    """Whether it may cost all the same, as an answer that came too late."""


class Sender(Protocol):
    """Sends calls to one judge; may be used by several threads at once."""

    @property
    def libraries(self) -> Mapping[str, str]:
        """Name -> version of what speaks with the provider."""
        ...

    def send(self, call: JudgeCall) -> Delivered | Trouble:
        """Send one call once and wait for what comes of it; never raises for what a server does."""
        ...

    def close(self) -> None:
        """End the connections; calls under way come back as trouble."""
        ...
