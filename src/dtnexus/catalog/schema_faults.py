"""From pydantic's validation errors to faults that say where, what was given and what is wanted."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dtnexus.catalog.strict_yaml import Data, Loc

JsonSchema = Mapping[str, Any]

_WANTED_TYPES = {
    "string_type": "text; put it in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list ('- ' before each entry)",
    "list_type": "a list ('- ' before each entry)",
    "dict_type": "a mapping ('name: value')",
    "mapping_type": "a mapping ('name: value')",
    "model_type": "a mapping of fields ('name: value')",
    "date_type": "a date as YYYY-MM-DD",
    "date_from_datetime_parsing": "a date as YYYY-MM-DD",
    "date_parsing": "a date as YYYY-MM-DD",
    "none_required": "nothing",
}
_LIMITS = {
    "greater_than_equal": ("ge", "of at least"),
    "greater_than": ("gt", "above"),
    "less_than_equal": ("le", "of at most"),
    "less_than": ("lt", "below"),
}
_ID_PATTERN = "a letter, then letters, digits, '_', '.' or '-'"


class Problem(NamedTuple):
    """A fault whose place is still a path through the data, not yet a file and a line."""

    loc: Loc
    code: str
    given: str
    wanted: str


def short(value: object, limit: int = 60) -> str:
    """A value as one short line of JSON for messages."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def suggestion(word: str, known: Collection[str]) -> str:
    """``; did you mean 'x'?`` for a near miss, otherwise the known words (at most 12)."""
    near = difflib.get_close_matches(word, known, n=2, cutoff=0.6)
    if near:
        return "; did you mean " + " or ".join(repr(each) for each in near) + "?"
    listed = sorted(known)
    more = f" … ({len(listed)} in all)" if len(listed) > 12 else ""
    return f"; known: {', '.join(listed[:12])}{more}" if listed else "; none is defined"


def found_at(data: Data, loc: Loc) -> tuple[Data, Loc]:
    """The value at the longest part of `loc` that exists in `data`, and that part."""
    place: Loc = ()
    for step in loc:
        if isinstance(data, dict) and str(step) in data:
            data = data[str(step)]
            place = (*place, str(step))
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
            place = (*place, step)
        else:
            break
    return data, place


def label(data: Data, loc: Loc) -> str:
    """A place in words: the nearest element's id and the field, as ``'D2': anchors[3].score``."""
    element = ""
    words = ""
    for step in loc:
        if isinstance(step, int):
            words += f"[{step + 1}]"
        else:
            words += f".{step}" if words else step
        data, place = found_at(data, (step,))
        if not place:
            data = None
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            element, words = f"{data['id']!r}: ", ""
    return (element + words).removesuffix(": ") or "top level"


def schema_problems(error: ValidationError, data: Data, model: type[BaseModel]) -> list[Problem]:
    """One problem per place and kind of fault, in the order of the data's fields.

    Several errors at one place that come from the alternatives of one type are one problem.
    """
    schema = model.model_json_schema()
    problems: dict[tuple[Loc, str], Problem] = {}
    for detail in error.errors(include_url=False):
        if not _counts_unreadable_entries(detail, data):
            problem = _problem(detail, data, schema)
            problems.setdefault((problem.loc, problem.code), problem)
    return list(problems.values())


def _counts_unreadable_entries(detail: ErrorDetails, data: Data) -> bool:
    """True where a list is called too short only because entries in it have faults of their own."""
    value, _ = found_at(data, detail["loc"])
    return detail["type"] == "too_short" and isinstance(value, list) and len(value) >= detail["ctx"]["min_length"]


def _problem(detail: ErrorDetails, data: Data, schema: JsonSchema) -> Problem:
    kind, loc = detail["type"], tuple(detail["loc"])
    value, place = found_at(data, loc)
    if kind == "missing":
        return _missing(loc, data, schema)
    if kind == "extra_forbidden":
        name = str(place[-1])
        wanted = f"a known field{suggestion(name, fields_at(schema, place[:-1]))}"
        return Problem(place, "unknown-key", f"{label(data, place[:-1])}: unknown field {name!r}", wanted)
    if "[key]" in loc:
        name = str(place[-1])
        code, wanted = _wanted(detail, name)
        return Problem(place, code, f"{label(data, place[:-1])}: key {name!r}", wanted)
    given = f"{label(data, place)} is {short(value)}"
    if len(place) < len(loc):
        return Problem(place, "wrong-type", given, "text, a number, true or false, or a list of texts")
    code, wanted = _wanted(detail, value)
    return Problem(place, code, given, wanted)


def _wanted(detail: ErrorDetails, value: Data) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _WANTED_TYPES:
        return "wrong-type", _WANTED_TYPES[kind]
    if kind == "int_parsing":
        return "wrong-type", "a whole number"
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return "out-of-range", f"a number {words} {context[name]:g}"
    if kind == "literal_error":
        return "unknown-choice", f"{context['expected']}{_near_choice(value, str(context['expected']))}"
    if kind == "string_pattern_mismatch":
        return "bad-id", f"{_ID_PATTERN} (pattern {context['pattern']})"
    if kind == "string_too_short":
        return "empty", "some text"
    if kind in ("too_short", "too_long"):
        bound = context["min_length"] if kind == "too_short" else context["max_length"]
        words = "at least" if kind == "too_short" else "at most"
        return "wrong-length", f"{words} {bound} in this list, not {context['actual_length']}"
    return "bad-value", detail["msg"]


def _near_choice(value: Data, expected: str) -> str:
    if not isinstance(value, str):
        return ""
    choices = [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")]
    near = difflib.get_close_matches(value, choices, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _missing(loc: tuple[int | str, ...], data: Data, schema: JsonSchema) -> Problem:
    parent, name = loc[:-1], loc[-1]
    _, place = found_at(data, parent)
    where = label(data, place)
    if isinstance(name, int):
        return Problem(place, "wrong-length", f"{where}: entry {name + 1} is missing", "exactly three entries")
    meaning = _node_at(schema, parent).get("properties", {}).get(name, {}).get("description", "")
    said = f" ({' '.join(meaning.split())})" if meaning else ""
    return Problem((*place, name), "missing-field", f"{where}: no {name!r}", f"field {name!r}{said}; add it")


def fields_at(schema: JsonSchema, loc: Iterable[str | int]) -> tuple[str, ...]:
    """The names of the fields that a JSON Schema knows at a place; none where it is no record."""
    return tuple(_node_at(schema, loc).get("properties", {}))


def _node_at(schema: JsonSchema, loc: Iterable[str | int]) -> JsonSchema:
    node = schema
    for step in loc:
        node = _resolved(schema, node)
        if isinstance(step, int):
            prefix = node.get("prefixItems", ())
            node = prefix[step] if step < len(prefix) else node.get("items", {})
        else:
            node = node.get("properties", {}).get(step) or node.get("additionalProperties") or {}
        if not isinstance(node, Mapping):
            return {}
    return _resolved(schema, node)


def _resolved(schema: JsonSchema, node: JsonSchema) -> JsonSchema:
    options = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        node = options[0]
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node
