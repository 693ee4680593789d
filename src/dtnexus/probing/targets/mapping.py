"""A mapping file: how any HTTP endpoint is asked and where its reply is. Strict YAML; every fault with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, JsonValue, ValidationError, model_validator

from dtnexus.catalog.schema_faults import Problem, schema_problems
from dtnexus.catalog.strict_yaml import Data, Loc, parse
from dtnexus.errors import Fault, InputError, TargetError, UsageError
from dtnexus.probing.targets.hosts import place
from dtnexus.record import FrozenMap, Record

PLACES: Final = ("text", "messages", "client", "session", "memory", "run", "session_id")
"""What may stand between double braces in a request."""
OURS: Final = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")
"""Headers that a mapping may not set."""
BRACES: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_DOLLAR: Final = re.compile(r"\$(?!\{[A-Za-z_][A-Za-z0-9_]*\})")

Pointer = Annotated[str, Field(pattern=r"^(?:/(?:[^~/]|~[01])*)*$")]
"""A JSON pointer (RFC 6901): ``/choices/0/text``; empty: the whole."""
Method = Literal["POST", "PUT", "GET", "DELETE", "PATCH"]


class ReplyPlace(Record):
    """Where the reply is: exactly one of the three."""

    json_pointer: Pointer | None = Field(default=None, alias="json")
    """In a JSON body."""
    plain: Literal[True] | None = None
    """The body is the reply, as text."""
    events: Pointer | Literal["plain"] | None = None
    """In each event of a stream (SSE), whose pieces are joined: in JSON, or ``plain`` for the data itself."""
    done: str | None = None
    """Data of the event that ends a stream, for instance ``[DONE]``; None: the stream's own end."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in ("json_pointer", "plain", "events") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("one of json, plain and events is wanted")
        if self.done is not None and self.events is None:
            raise ValueError("done belongs to events")
        return self


class SideCall(Record):
    """A request that opens or closes a session."""

    url: str = Field(min_length=1)
    method: Method = "POST"
    request: JsonValue = None
    """As in the mapping; missing: no body."""
    id: Pointer | None = None
    """Opening only: where the session's id is in the answer."""
    greeting: Pointer | None = None
    """Opening only: where the agent's first words are in the answer."""


class SessionPlan(Record):
    """How sessions are told apart. Missing: the endpoint is stateless."""

    id: Literal["ours", "theirs"]
    """``ours``: `session_id` is made here. ``theirs``: it comes in the answer to `open`, or in each reply."""
    reply_id: Pointer | None = None
    """Where it is in a reply, where no `open` gives it; it is empty in the first request."""
    open: SideCall | None = None
    close: SideCall | None = None

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Self:
        given = self.reply_id is not None or (self.open is not None and self.open.id is not None)
        if (self.id == "theirs") != given:
            raise ValueError("id: theirs wants reply_id, or open with id; id: ours wants neither")
        return self


class EndpointMapping(Record):
    """What a mapping file holds."""

    url: str = Field(min_length=1)
    """http or https; may hold places such as ``{{session_id}}`` in its path."""
    method: Method = "POST"
    agent: str | None = Field(default=None, min_length=1)
    """Name of the agent; missing: the name of the file."""
    headers: FrozenMap[str, str] = Field(default_factory=dict)
    """Name -> value; ``${NAME}`` stands for an environment variable. Secrets belong there and nowhere else."""
    request: JsonValue = None
    """The body, as JSON; missing: none. A text that is only ``{{messages}}`` becomes the list of messages."""
    reply: ReplyPlace
    session: SessionPlan | None = None

    @property
    def stateless(self) -> bool:
        """Whether each request carries all that is needed."""
        return self.session is None


def load_mapping(path: str) -> EndpointMapping:
    """The mapping in a file.

    Raises:
        InputError: there is no such file, or it cannot be read.
        TargetError: it has faults; the error lists every one of them.
    """
    where = Path(path)
    try:
        content = where.read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "a YAML file that maps an endpoint") from None
    document = parse(content, path)
    faults = list(document.faults)
    problems: list[Problem] = []
    mapping = None
    if not document.broken:
        try:
            mapping = EndpointMapping.model_validate_json(json.dumps(document.data), strict=True)
        except ValidationError as error:
            problems += schema_problems(error, document.data, EndpointMapping)
        problems += _place_problems(document.data)
        problems += _address_problems(document.data)
        problems += _header_problems(document.data)
    faults += [Fault(path, document.line(each.loc), each.code, each.given, each.wanted) for each in problems]
    if faults or mapping is None:
        raise TargetError(sorted(set(faults), key=lambda fault: (fault.line or 0, str(fault))))
    return mapping


def variables(mapping: EndpointMapping) -> tuple[str, ...]:
    """The environment variables that the headers name, each once."""
    return tuple(dict.fromkeys(name for value in mapping.headers.values() for name in _VARIABLE.findall(value)))


def headers(mapping: EndpointMapping, environment: Mapping[str, str], path: str) -> dict[str, str]:
    """The headers with the variables' values.

    Raises:
        UsageError: a variable is not set, or its value cannot stand in a header. Its value is never told.
    """
    for name in variables(mapping):
        value = environment.get(name)
        if not value:
            raise UsageError(f"{path}: headers name the environment variable {name!r}, which is not set")
        if not value.isprintable() or not value.isascii():
            raise UsageError(f"{path}: the value of {name!r} holds characters that cannot stand in a header")
    return {name: _VARIABLE.sub(lambda found: environment[found[1]], value) for name, value in mapping.headers.items()}


def filled(template: JsonValue, values: Mapping[str, JsonValue]) -> JsonValue:
    """The template with its places filled; a text that is one place only takes the value as it is."""
    if isinstance(template, str):
        whole = BRACES.fullmatch(template)
        if whole:
            return values[whole[1]]
        return BRACES.sub(lambda found: _as_text(values[found[1]]), template)
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if isinstance(template, dict):
        return {name: filled(each, values) for name, each in template.items()}
    return template


def _as_text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _place_problems(data: dict[str, Data]) -> Iterator[Problem]:
    session_id = isinstance(data.get("session"), dict)
    wanted = f"one of {', '.join(f'{{{{{name}}}}}' for name in PLACES)}"
    seen: set[str] = set()
    for loc, text in _texts(data, ()):
        for name in BRACES.findall(text):
            if name not in PLACES:
                yield Problem(loc, "unknown-place", f"place {{{{{name}}}}}", wanted)
            if name == "session_id" and not session_id:
                yield Problem(loc, "no-session", "{{session_id}} without session", "a session, with id: ours or theirs")
            if loc[:1] == ("headers",):
                yield Problem(loc, "place-in-header", "a place in a header", "plain text and environment variables")
            seen |= {name} if loc[:1] in (("request",), ("url",)) else set()
    if not seen & {"text", "messages"}:
        yield Problem(
            ("request",), "no-words", "a request without the client's words", "{{text}} or {{messages}} in it"
        )


def _address_problems(data: dict[str, Data]) -> Iterator[Problem]:
    session = data.get("session")
    urls: list[tuple[Loc, Data]] = [(("url",), data.get("url"))]
    if isinstance(session, dict):
        for name in ("open", "close"):
            side = session.get(name)
            if isinstance(side, dict):
                urls.append((("session", name, "url"), side.get("url")))
    hosts = []
    for loc, url in urls:
        if not isinstance(url, str):
            continue
        try:
            hosts.append(place(BRACES.sub("x", url), "url"))
        except UsageError as error:
            yield Problem(loc, "bad-url", "url", str(error).removeprefix("url: "))
            continue
        if "{{" in url.split("/", 3)[2] or (hosts[-1].shown, hosts[-1].secure) != (hosts[0].shown, hosts[0].secure):
            yield Problem(loc, "other-host", "url of another host", "one host for all requests, without places in it")
        if _VARIABLE.search(url):
            yield Problem(loc, "variable-in-url", "an environment variable in a url", "variables in headers only")


def _header_problems(data: dict[str, Data]) -> Iterator[Problem]:
    given = data.get("headers")
    for name, value in given.items() if isinstance(given, dict) else ():
        loc: Loc = ("headers", name)
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name):
            yield Problem(loc, "bad-header", f"header {name!r}", "a header's name, for instance X-Api-Key")
        if name.lower() in OURS:
            yield Problem(loc, "bad-header", f"header {name!r}", "none of those that follow from the request itself")
        if isinstance(value, str) and (_DOLLAR.search(value) or not value.isprintable() or not value.isascii()):
            wanted = "printable text; ${NAME} for an environment variable"
            yield Problem(loc, "bad-header", f"the value of header {name!r}", wanted)


def _texts(data: Data, loc: Loc) -> Iterator[tuple[Loc, str]]:
    if isinstance(data, str):
        yield loc, data
    elif isinstance(data, list):
        for at, each in enumerate(data):
            yield from _texts(each, (*loc, at))
    elif isinstance(data, dict):
        for name, each in data.items():
            yield from _texts(each, (*loc, name))
