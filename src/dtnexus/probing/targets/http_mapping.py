"""`http:MAPPING.yaml`: any HTTP endpoint, asked as a mapping file says (`dtnexus.probing.targets.mapping`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import JsonValue

from dtnexus.probing.targets.chat import Opening, Reply, Said, Scope, TargetTrouble, Witness
from dtnexus.probing.targets.hosts import Place, place
from dtnexus.probing.targets.limits import Stopped
from dtnexus.probing.targets.mapping import BRACES, EndpointMapping, Method, ReplyPlace, SideCall, filled
from dtnexus.probing.targets.openai_chat import turns
from dtnexus.probing.targets.web import Call, Incoming, Web

_GONE = ("HTTP 404", "HTTP 409", "HTTP 410")
"""Refusals that mean, within a session, that the server knows it no longer."""


@dataclass(frozen=True)
class HttpTarget:
    """An endpoint with its mapping; the headers hold secrets and are part of no text that is made here."""

    path: str
    mapping: EndpointMapping
    headers: Mapping[str, str] = field(repr=False)
    web: Web

    @property
    def _place(self) -> Place:
        return place(BRACES.sub("x", self.mapping.url), self.path)

    @property
    def name(self) -> str:
        """File and host."""
        return f"http:{Path(self.path).name} at {self._place.shown}"

    @property
    def agent_id(self) -> str:
        """As the mapping says, or the name of the file."""
        return self.mapping.agent or Path(self.path).stem

    @property
    def settings(self) -> str:
        """The mapping, in which variables stand by name."""
        return json.dumps(["http", self.mapping.model_dump(mode="json")], sort_keys=True)

    @property
    def scope(self) -> Scope:
        """Where the endpoint is."""
        return "loopback" if self._place.loopback else "network"

    @property
    def unencrypted(self) -> bool:
        """Whether the address says http and is another machine's."""
        return not self._place.secure and not self._place.loopback

    @property
    def goes_on(self) -> bool:
        """Whether every request carries what was said so far: no session is kept there."""
        return self.mapping.stateless

    def open(self, opening: Opening, said_before: Sequence[Said] = (), witness: Witness | None = None) -> HttpSession:
        """A new session; where the mapping says how one is opened, it is.

        Raises:
            TargetTrouble: it cannot be opened.
            ValueError: something was said before, and the endpoint keeps sessions.
        """
        if said_before and not self.goes_on:
            raise ValueError("a session that the endpoint keeps cannot be gone on with")
        return HttpSession(self, opening, said_before, witness)

    def close(self) -> None:
        """Cut every open connection."""
        self.web.close()


class HttpSession:
    """One session at the endpoint."""

    def __init__(
        self, target: HttpTarget, opening: Opening, said_before: Sequence[Said], witness: Witness | None
    ) -> None:
        self._target, self._opening, self._witness = target, opening, witness
        self._messages = [message for said in said_before for message in turns(said.client, said.agent)]
        self._said = 0
        self._id = ""
        self.greeting: str | None = None
        self._closed = False
        plan = target.mapping.session
        if plan is not None and plan.id == "ours":
            self._id = sha256(f"{opening.client}|{opening.session}".encode()).hexdigest()[:32]
        if plan is not None and plan.open is not None:
            self._begin(plan.open)

    def _begin(self, side: SideCall) -> None:
        answer = self._asked(side.url, side.method, side.request, "", partial(_opened, side=side))
        if side.id is not None:
            self._id = _words(_at(answer, side.id), "the session's id")
            if not self._id:
                raise TargetTrouble("bad_reply", "no id of a session in the answer that should give it")
        if side.greeting is not None:
            self.greeting = self._target.web.clean(_words(_at(answer, side.greeting), "the greeting")) or None

    def say(self, text: str) -> Reply:
        """The agent's answer.

        Raises:
            TargetTrouble: there is none.
        """
        mapping = self._target.mapping
        try:
            reply, given = self._asked(
                mapping.url, mapping.method, mapping.request, text, partial(_understood, mapping=mapping)
            )
        except TargetTrouble as trouble:
            if self._said and mapping.session is not None and trouble.detail in _GONE:
                raise TargetTrouble("session_lost", f"{trouble.detail}: the session is not known any more") from None
            raise
        if given:
            self._id = given
        reply = self._target.web.clean(reply)
        self._said += 1
        self._messages += turns(text, reply)
        return Reply(reply)

    def close(self) -> None:
        """Tell the endpoint that the session is over, where the mapping says how."""
        plan = self._target.mapping.session
        if self._closed or plan is None or plan.close is None:
            return
        self._closed = True
        try:
            self._asked(plan.close.url, plan.close.method, plan.close.request, "", lambda incoming: None)
        except (TargetTrouble, Stopped):
            return

    def _asked(self, url: str, method: Method, template: JsonValue, text: str, understand: Any) -> Any:
        target, opening = self._target, self._opening
        messages: list[JsonValue] = [dict(each) for each in self._messages]
        values: dict[str, JsonValue] = {
            "text": text,
            "messages": [*messages, {"role": "user", "content": text}],
            "client": opening.client,
            "session": opening.session,
            "memory": opening.memory,
            "run": opening.run,
            "session_id": self._id,
        }
        address = BRACES.sub(lambda found: quote(str(values[found[1]]), safe=""), url)
        body = b"" if template is None else json.dumps(filled(template, values), ensure_ascii=False).encode("utf-8")
        given = {name.lower() for name in target.headers}
        plain = {"Content-Type": "application/json", "Accept": "*/*"}
        headers = {name: value for name, value in plain.items() if name.lower() not in given} | dict(target.headers)
        key = f"{opening.run}|{opening.session}|{len(messages)}"
        call = Call(method, place(address, target.path), headers, body, again=target.goes_on, key=key)
        return target.web.ask(call, understand, self._witness)


def _opened(incoming: Incoming, side: SideCall) -> Any:
    return incoming.json() if side.id is not None or side.greeting is not None else None


def _understood(incoming: Incoming, mapping: EndpointMapping) -> tuple[str, str]:
    """The reply and the id of the session, empty where the answer gives none."""
    where = mapping.reply
    if where.events is not None:
        if not incoming.streamed:
            raise TargetTrouble("bad_reply", "a stream of events was wanted and something else came")
        return _joined(incoming.events(), where), ""
    if where.plain:
        text = incoming.text()
        if text.lstrip()[:9].lower() in ("<!doctype", "<html>") or text.lstrip()[:5].lower() == "<html":
            raise TargetTrouble("not_json", "plain text was wanted and a page of HTML came")
        return text, ""
    answer = incoming.json()
    plan = mapping.session
    given = "" if plan is None or plan.reply_id is None else _words(_at(answer, plan.reply_id), "the session's id")
    return _words(_at(answer, where.json_pointer or ""), "the reply"), given


def _joined(events: Iterable[str], where: ReplyPlace) -> str:
    parts: list[str] = []
    for event in events:
        if where.done is not None and event.strip() == where.done:
            return "".join(parts)
        parts.append(event if where.events == "plain" else _piece(event, where.events or ""))
    if where.done is not None:
        raise TargetTrouble("session_lost", "the stream broke off before it said that it was done")
    return "".join(parts)


def _piece(event: str, pointer: str) -> str:
    """The words of one event; an event without the place, for instance one that counts, has none."""
    try:
        data = json.loads(event)
    except (ValueError, RecursionError):
        raise TargetTrouble("not_json", "an event of the stream is no JSON") from None
    try:
        return _words(_at(data, pointer), "a piece of the reply")
    except TargetTrouble:
        return ""


def _at(data: Any, pointer: str) -> Any:
    """The value at a JSON pointer.

    Raises:
        TargetTrouble: there is none.
    """
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(data, list) and name.isdecimal() and int(name) < len(data):
            data = data[int(name)]
        elif isinstance(data, dict) and name in data:
            data = data[name]
        else:
            raise TargetTrouble("bad_reply", f"JSON without {pointer}")
    return data


def _words(value: Any, what: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise TargetTrouble("bad_reply", f"{what} is no text")
