"""Answers in a given form: the fixed parts are written as the schema says, the model decides the rest.

A small part of JSON Schema is known: objects with every field required, in order; enums; texts; whole numbers;
arrays; ``anyOf``; ``$ref`` into ``$defs``. At each choice the model's likeliest allowed token is taken. Texts and
arrays are kept short, since a model of this size does not find an end by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import torch

from benchmarks.small_model.language import Pen, SmallModel

LONGEST_TEXT: Final = 24
"""Tokens of a free text."""
MOST_ITEMS: Final = 2
"""Items of an array."""
_DIGITS: Final = "0123456789"
Schema = Mapping[str, Any]


class UnknownForm(Exception):
    """The schema holds what this file does not know."""


@cache
def _plain(model: SmallModel) -> torch.Tensor:
    """Tokens that may stand in a text, and those that end it."""
    bad = ("\\", "\ufffd", "<|")
    fit = [bool(word) and word.isprintable() and not any(each in word for each in bad) for word in model.words]
    return torch.tensor(fit).nonzero()[:, 0]


@dataclass
class FormWriter:
    """Writes one value of a schema with a pen."""

    pen: Pen
    root: Schema

    def write(self) -> None:
        """Write the whole answer as JSON; cut where the pen's room ends.

        Raises:
            UnknownForm: the schema is beyond what is known here.
        """
        self._value(self.root, "")

    def _put(self, text: str) -> None:
        self.pen.put(self.pen.model.tokens(text))

    def _choose(self, options: Sequence[str]) -> str:
        """Write one of these texts: token by token the likeliest that leads to one of them."""
        if len(options) == 1:
            self._put(options[0])
            return options[0]
        paths = {option: self.pen.model.tokens(option) for option in options}
        at = 0
        while len(paths) > 1 and not self.pen.full:
            token = self.pen.pick(sorted({path[at] for path in paths.values() if len(path) > at}))
            self.pen.put([token])
            paths = {option: path for option, path in paths.items() if len(path) > at and path[at] == token}
            at += 1
        (chosen, path), *_ = paths.items()
        self.pen.put(path[at:])
        return chosen

    def _value(self, schema: Schema, lead: str) -> None:
        """Write a value; `lead` is white space before it."""
        schema = self._meant(schema)
        if "anyOf" in schema:
            self._any_of(schema["anyOf"], lead)
        elif "enum" in schema:
            self._choose([lead + json.dumps(each) for each in schema["enum"]])
        elif schema.get("type") == "object":
            self._put(lead + "{")
            self._fields(schema)
        elif schema.get("type") == "array":
            self._array(schema, lead)
        elif schema.get("type") == "integer":
            self._integer(lead)
        elif schema.get("type") == "string":
            self._string(lead)
        else:
            raise UnknownForm(f"a schema with {', '.join(sorted(schema))[:80]}")

    def _meant(self, schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        if name not in self.root.get("$defs", {}):
            raise UnknownForm(f"a reference to {name[:40]}")
        found: Schema = self.root["$defs"][name]
        return found

    def _any_of(self, branches: Sequence[Schema], lead: str) -> None:
        """Choose among the words of enums and the opening of an object."""
        opened: dict[str, Schema | None] = {}
        for branch in map(self._meant, branches):
            if "enum" in branch:
                opened.update({lead + json.dumps(each): None for each in branch["enum"]})
            elif branch.get("type") == "object":
                opened[lead + "{" + json.dumps(next(iter(branch["properties"]))) + ":"] = branch
            else:
                raise UnknownForm("anyOf with other parts than enums and objects")
        chosen = opened[self._choose(list(opened))]
        if chosen is not None:
            self._fields(chosen, opened=True)

    def _fields(self, schema: Schema, opened: bool = False) -> None:
        """Write the fields of an object after its bracket; `opened`: its first name stands already."""
        for at, (name, inside) in enumerate(schema["properties"].items()):
            if at or not opened:
                self._put(("" if at == 0 else ", ") + json.dumps(name) + ":")
            self._value(inside, " ")
        self._put("}")

    def _array(self, schema: Schema, lead: str) -> None:
        self._put(lead + "[")
        count = 0
        while count < MOST_ITEMS and not self.pen.full:
            more = "{" if count == 0 else ", {"
            if self._meant(schema["items"]).get("type") != "object":
                raise UnknownForm("an array of other things than objects")
            if self._choose([more, "]"]) == "]":
                return
            self._fields(self._meant(schema["items"]))
            count += 1
        self._put("]")

    def _integer(self, lead: str) -> None:
        self._put(lead)
        digits = {digit: self.pen.model.tokens(digit)[0] for digit in _DIGITS}
        end = self.pen.model.tokens(",")[0]
        number = ""
        while len(number) < 4 and not self.pen.full:
            allowed = [digits[digit] for digit in (_DIGITS[1:] if not number else _DIGITS)] + ([end] if number else [])
            token = self.pen.pick(allowed)
            if token == end:
                break
            self.pen.put([token])
            number += self.pen.model.word(token)

    def _string(self, lead: str) -> None:
        self._put(lead + '"')
        written = 0
        while written < LONGEST_TEXT and not self.pen.full:
            token = self.pen.pick(_plain(self.pen.model))
            word = self.pen.model.word(token)
            if '"' in word:
                self._put(word[: word.index('"')])
                break
            self.pen.put([token])
            written += 1
        self._put('"')
