"""JSON as it comes: lines or one document, whole or cut off, harmless or built to hurt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from pydantic import JsonValue

_LOOK_AHEAD = 20
_CLOSERS = {"{": "}", "[": "]"}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|"', re.DOTALL)


class JsonFault(NamedTuple):
    """Why a text is no JSON that can be read. `message` repeats nothing of the text."""

    message: str
    line: int


class Found(NamedTuple):
    """One JSON value of a file, or the fault of one line; `line` is where it begins, from 1."""

    line: int
    value: JsonValue | JsonFault
    lines: bool
    """Whether the file holds one value a line; False: one document."""


def load(text: str) -> JsonValue | JsonFault:
    """The JSON value of a text, or why there is none."""
    try:
        value: JsonValue = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        return JsonFault(f"no valid JSON ({error.msg}, column {error.colno})", error.lineno)
    except RecursionError:
        return JsonFault("JSON nested too deeply to be a conversation", 1)
    except ValueError:
        return JsonFault("JSON with a number too long to read", 1)
    return value


def parsed(text: str) -> JsonValue:
    """The JSON value of a text; None where there is none."""
    value = load(text)
    return None if isinstance(value, JsonFault) else value


def whole_lines(lines: Sequence[str]) -> bool:
    """Whether these first non-empty lines of a file hold one JSON object or list each.

    The first line may be broken, as long as no fewer lines than not can be read.
    """
    hits = [line.startswith(("{", "[")) and isinstance(parsed(line), dict | list) for line in lines]
    if not hits or lines[0].strip() == "[":
        return False
    return hits[0] or (any(hits) and hits.count(True) >= hits.count(False))


def values_of(lines: Iterator[str]) -> Iterator[Found]:
    """Yield the JSON values of a file: one a line, or the one document it is."""
    ahead: list[tuple[int, str]] = []
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    ahead.extend(islice(numbered, _LOOK_AHEAD))
    if not whole_lines([line for _, line in ahead]):
        text = "".join(_spread(chain(ahead, numbered)))
        value = load(text)
        yield Found(value.line if isinstance(value, JsonFault) else 1, value, lines=False)
        return
    for number, line in chain(ahead, numbered):
        yield Found(number, load(line), lines=True)


def _spread(numbered: Iterator[tuple[int, str]]) -> Iterator[str]:
    """The lines again with the empty ones between them, so that faults name the right line."""
    last = 0
    for number, line in numbered:
        yield "\n" * (number - last - 1)
        yield line
        last = number


def begin_of(text: str) -> JsonValue:
    """The value that a cut-off JSON text had begun to say; None where that cannot be told."""
    now: _Nest | None = None
    cut, nest_at_cut = 0, None
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in _CLOSERS:
            now = _Nest(_CLOSERS[token], now)
        elif token in "}]":
            now = now.outer if now else None
        elif token == ",":
            cut, nest_at_cut = match.start(), now
        elif token == '"':
            inside = text[: text.rfind("\\")] if "\\" in text[-7:] else text
            value = parsed(inside + '"' + _closing(now))
            return parsed(text[:cut] + _closing(nest_at_cut)) if value is None else value
    return parsed(text[:cut] + _closing(nest_at_cut))


class _Nest(NamedTuple):
    """An open bracket, by what closes it, and the one around it."""

    closer: str
    outer: _Nest | None


def _closing(nest: _Nest | None) -> str:
    closers = []
    while nest is not None:
        closers.append(nest.closer)
        nest = nest.outer
    return "".join(closers)
