"""`openai:MODEL`: any chat endpoint that speaks as OpenAI's does, whole replies or streamed ones.

The endpoint keeps nothing between requests: each one carries what was said so far in its session. A session
after another one begins empty, so what the agent is to remember over sessions it has to keep itself, by the
field ``user``, which holds the client's id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dtnexus.probing.targets.chat import Opening, Reply, Said, Scope, TargetTrouble, Witness
from dtnexus.probing.targets.hosts import Place, place
from dtnexus.probing.targets.web import Call, Incoming, Web

DONE = "[DONE]"


@dataclass(frozen=True)
class OpenAiTarget:
    """A model behind a chat endpoint."""

    model: str
    base_url: str
    web: Web
    key: str | None = None
    """Sent as a bearer token; never part of any text that is made here."""
    stream: bool = False
    system_prompt: str | None = None
    """What stands before everything as the system's message; None: nothing."""

    goes_on = True

    @property
    def _place(self) -> Place:
        return place(f"{self.base_url.rstrip('/')}/chat/completions", "--base-url")

    @property
    def name(self) -> str:
        """Model and host."""
        return f"openai:{self.model} at {self._place.shown}"

    @property
    def agent_id(self) -> str:
        """The model."""
        return self.model

    @property
    def settings(self) -> str:
        """Model, address, streaming and system prompt."""
        return json.dumps(["openai", self.model, self._place.url, self.stream, self.system_prompt])

    @property
    def scope(self) -> Scope:
        """Where the endpoint is."""
        return "loopback" if self._place.loopback else "network"

    @property
    def unencrypted(self) -> bool:
        """Whether the address says http and is another machine's."""
        return not self._place.secure and not self._place.loopback

    def open(self, opening: Opening, said_before: Sequence[Said] = (), witness: Witness | None = None) -> OpenAiSession:
        """A session that begins empty, or with what was said before."""
        return OpenAiSession(self, opening, said_before, witness)

    def close(self) -> None:
        """Cut every open connection."""
        self.web.close()


class OpenAiSession:
    """The messages of one session."""

    greeting: str | None = None

    def __init__(
        self, target: OpenAiTarget, opening: Opening, said_before: Sequence[Said], witness: Witness | None
    ) -> None:
        self._target, self._opening, self._witness = target, opening, witness
        prompt = target.system_prompt
        self._messages: list[dict[str, str]] = [] if prompt is None else [{"role": "system", "content": prompt}]
        for said in said_before:
            self._messages += turns(said.client, said.agent)

    def say(self, text: str) -> Reply:
        """The model's answer to what was said so far and this.

        Raises:
            TargetTrouble: there is none.
        """
        target = self._target
        asked = {"role": "user", "content": text}
        body = {"model": target.model, "messages": [*self._messages, asked], "stream": target.stream}
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if target.key is not None:
            headers["Authorization"] = f"Bearer {target.key}"
        call = Call(
            "POST",
            target._place,
            headers,
            json.dumps({**body, "user": self._opening.client}, ensure_ascii=False).encode("utf-8", "replace"),
            again=True,
            key=f"{self._opening.run}|{self._opening.session}|{len(self._messages)}",
        )
        answer = target.web.ask(call, understood, self._witness)
        reply = Reply(target.web.clean(answer.text), answer.answered_as and target.web.clean(answer.answered_as))
        self._messages += turns(text, reply.text)
        return reply

    def close(self) -> None:
        """Nothing is open between requests."""


def turns(client: str, agent: str) -> list[dict[str, str]]:
    """An exchange as two messages."""
    return [{"role": "user", "content": client}, {"role": "assistant", "content": agent}]


def understood(incoming: Incoming) -> Reply:
    """The reply in an answer, whole or streamed, whichever came.

    Raises:
        TargetTrouble: there is none in it.
    """
    return _streamed(incoming.events()) if incoming.streamed else _whole(incoming.json())


def _whole(answer: Any) -> Reply:
    try:
        return Reply(_content(answer["choices"][0]["message"].get("content")), _model(answer))
    except (KeyError, IndexError, TypeError, AttributeError):
        raise TargetTrouble("bad_reply", "JSON without choices[0].message") from None


def _streamed(events: Iterable[str]) -> Reply:
    parts: list[str] = []
    model, ended = None, False
    for event in events:
        if event.strip() == DONE:
            ended = True
            break
        delta, model, finished = _piece(event, model)
        parts.append(delta)
        ended = ended or finished
    if not ended:
        raise TargetTrouble("session_lost", "the stream broke off before it said that it was done")
    return Reply("".join(parts), model)


def _piece(event: str, model: str | None) -> tuple[str, str | None, bool]:
    """The words of one event, the model, and whether it is the last one with words."""
    try:
        data = json.loads(event)
    except (ValueError, RecursionError):
        raise TargetTrouble("not_json", "an event of the stream is no JSON") from None
    if not isinstance(data, Mapping) or "error" in data:
        raise TargetTrouble("server_error", "an event of the stream tells of an error")
    try:
        choices = data.get("choices") or []
        if not choices:  # for instance the last one, which counts tokens
            return "", _model(data) or model, False
        content = _content((choices[0].get("delta") or {}).get("content"))
        return content, _model(data) or model, choices[0].get("finish_reason") is not None
    except (KeyError, TypeError, AttributeError):
        raise TargetTrouble("bad_reply", "an event of the stream without choices[0].delta") from None


def _content(content: Any) -> str:
    """The words of a message: a text, a list of parts of which those of text count, or nothing."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    raise TypeError


def _model(answer: Any) -> str | None:
    name = answer.get("model")
    return name if isinstance(name, str) and name else None
