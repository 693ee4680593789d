"""From a reply to a plain object, strictly: one JSON object and nothing beside it, or a fault."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from dtnexus.coding.judge.call import Reply
from dtnexus.coding.judge.faults import AnswerFault, fault

_FENCED: Final = re.compile(r"```(?:json)?\s*\n(?P<inside>.*)\n\s*```", re.DOTALL)
_REFUSES: Final = re.compile(
    r"\b(?:i|we)(?:'m| am| are|'re)? (?:sorry|unable|not able|can(?:no|')t|won't|will not|must decline)\b"
    r"|\bas an ai\b|\b(?:cannot|can't|unable to) (?:help|assist|comply|continue|answer|provide)\b",
    re.IGNORECASE,
)
_LONGEST: Final = 2_000_000
"""Characters of an answer that are read at all."""


class _Repeated(ValueError):
    """A key stands twice in one object."""


def read_object(reply: Reply) -> dict[str, Any] | AnswerFault:
    """The object that a reply holds.

    A text counts when it is one JSON object, alone or in one code fence, with nothing but white space around it.
    """
    if reply.kind == "failure":
        return AnswerFault(code="delivery", cause=reply.cause or "error", detail=reply.detail or "no answer came")
    if reply.kind == "structured":
        if not isinstance(reply.structured, dict):
            return fault("wrong_type", "the answer is no object")
        return reply.structured
    return _from_text(reply.text)


def _from_text(text: str) -> dict[str, Any] | AnswerFault:
    stripped = text.strip().removeprefix("\ufeff")
    if len(stripped) > _LONGEST:
        return fault("extra_text", f"more than {_LONGEST} characters")
    fenced = _FENCED.fullmatch(stripped)
    inside = fenced["inside"].strip() if fenced else stripped
    try:
        found = json.loads(inside, object_pairs_hook=_once_each, parse_constant=_no_number)
    except _Repeated:
        return fault("duplicate_id", "a key stands twice in one object")
    except (ValueError, RecursionError):
        return _why_not(inside)
    return found if isinstance(found, dict) else fault("wrong_type", "the answer is no object")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError("NaN and infinity are no numbers of JSON")


def _why_not(text: str) -> AnswerFault:
    """What is wrong with a text that is no JSON object."""
    start = text.find("{")
    if start < 0:
        return fault("refused" if _REFUSES.search(text) else "not_json", "there is no object in it")
    if _left_open(text[start:]):
        return fault("truncated", "the object does not end")
    before, after = text[:start].strip(), text[text.rfind("}") + 1 :].strip()
    if before or after:
        return fault("extra_text", "text stands beside the object")
    return fault("not_json", "the object is not well formed")


def _left_open(text: str) -> bool:
    """Whether an object or a text in it is still open at the end."""
    depth, quoted, escaped = 0, False, False
    for character in text:
        if quoted:
            escaped, quoted = (character == "\\" and not escaped), (character != '"' or escaped)
        elif character == '"':
            quoted = True
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
    return quoted or depth > 0
