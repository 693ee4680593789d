"""Strict YAML: plain data with the line of every key and item, or the list of all faults.

Text, whole and decimal numbers, true/false, null, lists and mappings; nothing else.
Repeated keys, tags, anchors, aliases and a second document are faults. Words such as
``yes``, ``no``, ``on`` and dates stay text (YAML 1.2), and no Python object is ever built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import ReaderError

from dtnexus.errors import Fault

Data: TypeAlias = "None | bool | int | float | str | list[Data] | dict[str, Data]"
Loc: TypeAlias = tuple[str | int, ...]
"""Keys and list places from the top of a file to a value."""

DEEPEST = 40
"""Nesting beyond this is a fault; no framework or profile comes near it."""

_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,18}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says, where it says it, and what is wrong with its YAML."""

    path: str
    data: dict[str, Data]
    lines: Mapping[Loc, int]
    """Line (from 1) of the key or list item at each place; ``()`` is the start."""
    faults: tuple[Fault, ...]
    broken: bool
    """True where reading stopped early, so that `data` is only a part of the file."""

    def line(self, loc: Loc) -> int:
        """The line of a place, or of the nearest place around it that has one."""
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]


class _Stop(Exception):
    """Reading cannot go on; the fault is already listed."""


@dataclass
class _Builder:
    path: str
    events: Iterator[Event]
    lines: dict[Loc, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, event: Event, code: str, given: str, wanted: str) -> None:
        self.faults.append(Fault(self.path, _line(event), code, given, wanted))

    def document(self) -> Data:
        data: Data = None
        seen = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                seen += 1
                if seen > 1:
                    self.fault(event, "several-documents", "a second document starts", "one document; remove '---'")
                    raise _Stop
            elif not isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
                self.lines[()] = _line(event)
                data = self.value(event, ())
        return data

    def value(self, event: Event, loc: Loc) -> Data:
        if len(loc) > DEEPEST:
            self.fault(event, "too-deep", f"more than {DEEPEST} levels of nesting", "a flatter file")
            raise _Stop
        if isinstance(event, AliasEvent):
            self.fault(event, "alias", f"alias '*{event.anchor}'", "the value itself; write it out")
            return None
        self._refuse_marks(event)
        if isinstance(event, ScalarEvent):
            if _HALF_CHARACTER.search(event.value):
                self.fault(event, "syntax", "half a character (a lone surrogate)", "printable text; remove it")
                return None
            return _plain(event.value) if event.style is None else str(event.value)
        return self.mapping(loc) if isinstance(event, MappingStartEvent) else self.sequence(loc)

    def _refuse_marks(self, event: Event) -> None:
        tag = getattr(event, "ctag", None)
        if tag is not None:
            self.fault(event, "tag", f"tag {str(tag)!r}", "plain data; remove the tag")
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self.fault(event, "anchor", f"anchor '&{anchor}'", "plain data; remove the anchor")

    def mapping(self, loc: Loc) -> dict[str, Data]:
        found: dict[str, Data] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                self.fault(event, "complex-key", "a key that is no plain word", "a word before the colon")
                self.value(event, (*loc, "?"))
                self.value(next(self.events), (*loc, "?"))
                continue
            self._refuse_marks(event)
            key = str(event.value)
            if key in found:
                first = self.lines[(*loc, key)]
                self.fault(
                    event,
                    "repeated-key",
                    f"key {key!r} stands here again (first in line {first})",
                    "each key once; merge or remove one of them",
                )
                self.value(next(self.events), (*loc, key, "again"))
                continue
            self.lines[(*loc, key)] = _line(event)
            found[key] = self.value(next(self.events), (*loc, key))
        return found

    def sequence(self, loc: Loc) -> list[Data]:
        found: list[Data] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            place = (*loc, len(found))
            self.lines[place] = _line(event)
            found.append(self.value(event, place))
        return found


def parse(content: bytes, path: str) -> Document:
    """The plain data of one YAML (or JSON) file whose top is a mapping, with line numbers.

    Never raises: whatever is wrong is in `faults`, and `broken` says whether reading
    had to stop there.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fault = Fault(
            path, line, "not-utf-8", f"byte {content[error.start]:#04x}", "UTF-8 text; save the file as UTF-8"
        )
        return Document(path, {}, {(): 1}, (fault,), broken=True)
    builder = _Builder(path, YAML(typ="safe", pure=True).parse(text))
    builder.lines[()] = 1
    data: Data = None
    broken = True
    try:
        data = builder.document()
        broken = False
    except _Stop:
        pass
    except YAMLError as error:
        builder.faults.append(_syntax_fault(error, text, path))
    if not broken and not isinstance(data, dict):
        given = "an empty file" if data is None else f"a {type(data).__name__} at the top"
        builder.faults.append(
            Fault(path, builder.lines[()], "no-mapping", given, "a mapping of fields ('name: value')")
        )
        broken = True
    return Document(path, data if isinstance(data, dict) else {}, builder.lines, tuple(builder.faults), broken)


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _plain(text: str) -> Data:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _syntax_fault(error: YAMLError, text: str, path: str) -> Fault:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Fault(path, line, "syntax", f"character {error.character!r}", "printable text; remove it")
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        said = "; ".join(" ".join(part.split()) for part in (error.context, error.problem) if part)
        wanted = "YAML; check indentation, colons and quotes here and just above"
        return Fault(path, None if mark is None else int(mark.line) + 1, "syntax", said, wanted)
    return Fault(path, None, "syntax", type(error).__name__, "YAML")
