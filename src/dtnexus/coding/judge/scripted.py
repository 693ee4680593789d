"""A judge without a model, for tests: a function answers, and everything else is as with a real one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dtnexus.coding.judge.call import JudgeCall, Reply
from dtnexus.coding.judge.session import JudgeSession, Stated
from dtnexus.coding.judge.settings import PROTOCOL, JudgeSettings
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef
from dtnexus.transcript import Interaction

_CHECK: Final = re.compile(r'^- (check_\d+): Does turn (\d+) begin with the words (".*")\?$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SeenTurn:
    """A turn as it stands in the prompt."""

    number: int
    session: int
    who: str
    text: str


Responder = Callable[[JudgeCall], Reply]
"""Answers one call."""


def seen_turns(call: JudgeCall) -> tuple[SeenTurn, ...]:
    """The turns of the record in a prompt, read back as a model would see them."""
    lines = call.prompt.splitlines()
    end = next(place for place, line in enumerate(lines) if re.fullmatch(r"RECORD [0-9a-f]{24}>>>", line))
    found = (json.loads(line) for line in lines[1:end])
    return tuple(SeenTurn(each["turn"], each["session"], each["who"], each["text"]) for each in found)


def blank_answer(call: JudgeCall) -> dict[str, Any]:
    """An answer of the right form that finds nothing; its checks are answered rightly."""
    properties = _properties(call)
    texts = {turn.number: " ".join(turn.text.split()) for turn in seen_turns(call)}
    checks = {
        name: "yes" if texts[int(turn)].startswith(json.loads(words)) else "no"
        for name, turn, words in _CHECK.findall(call.prompt)
    }
    sections = properties["sections"]["properties"]
    return {
        "key": properties["key"]["enum"][0],
        "checks": checks,
        "sections": {name: {"found": "no", "episodes": []} for name in sections},
    }


def questions_in(call: JudgeCall) -> dict[str, tuple[str, ...]]:
    """Section -> ids of its questions, as the schema of a call names them."""
    sections = _properties(call)["sections"]["properties"]
    return {
        name: tuple(section["properties"]["episodes"]["items"]["properties"]["answers"]["properties"])
        for name, section in sections.items()
    }


def finds_nothing(call: JudgeCall) -> Reply:
    """The answer of a judge that finds no episode anywhere."""
    return Reply(call=call.id, kind="structured", structured=blank_answer(call))


def _properties(call: JudgeCall) -> dict[str, Any]:
    found = call.answer_schema["properties"]
    return found if isinstance(found, dict) else {}


class ScriptedJudge:
    """A coder that asks a function instead of a model; it keeps what was sent."""

    def __init__(self, respond: Responder = finds_nothing, settings: JudgeSettings | None = None) -> None:
        """Keep the function that answers; the calls are collected in `calls`."""
        self._respond = respond
        self._settings = settings or JudgeSettings()
        self.calls: list[JudgeCall] = []
        self.ref = CoderRef(
            kind="judge", name="scripted", version=PROTOCOL, details={"settings": self._settings.to_json()}
        )

    def code(self, interaction: Interaction, framework: Framework) -> tuple[Stated, ...]:
        """One statement for each criterion, from the answers of the function."""
        return self.session(interaction, framework).statements(self.ref)

    def session(self, interaction: Interaction, framework: Framework) -> JudgeSession:
        """A session of which every call has been answered."""
        session = JudgeSession(interaction, framework, self._settings)
        while calls := session.open_calls():
            for call in calls:
                self.calls.append(call)
                session.take(self._respond(call))
        return session
