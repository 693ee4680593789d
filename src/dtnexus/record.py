"""Record: what every stored thing is. Frozen, closed, without NaN, with a digest.

A record equals another when all of its fields do; its JSON text is exact in both
directions. Files hold one record a line (JSONL, UTF-8).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from dtnexus.attribute_docs import attribute_docs
from dtnexus.errors import InputError

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class FrozenDict(dict[K, V]):
    """A dict that refuses every change; equal to a dict with the same entries."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a record's mapping cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        """Survive the way to and from a worker process."""
        return type(self), (dict(self),)


FrozenMap = Annotated[Mapping[K, V], AfterValidator(FrozenDict)]
"""A mapping that cannot be changed after validation; a JSON object on disk."""


class Record(BaseModel):
    """A frozen, closed value: unknown fields, NaN and infinity are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        defer_build=True,
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """The schema, each property described by what stands below its field."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        docs = {name: text for kind in reversed(cls.__mro__) for name, text in attribute_docs(kind).items()}
        for name, field in cls.model_fields.items():
            shown = field.alias or name
            if name in docs and shown in properties:
                properties[shown].setdefault("description", docs[name])
        return schema

    def to_json(self) -> str:
        """The record as one line of JSON, fields in the order of declaration."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The record that `to_json` wrote; raises `pydantic.ValidationError` otherwise."""
        return cls.model_validate_json(text)

    def digest(self) -> str:
        """SHA-256 (64 hex digits) of the canonical JSON: sorted keys, no white space.

        Equal records have equal digests on every machine and in every version of
        Python; any change of a field changes it.
        """
        return digest_of(self.model_dump(mode="json"))


def digest_of(value: object) -> str:
    """SHA-256 (64 hex digits) of a JSON value written with sorted keys and no white space."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def write_jsonl(records: Iterable[Record], stream: IO[str]) -> int:
    """Write one record a line and return how many were written."""
    count = 0
    for record in records:
        stream.write(record.to_json())
        stream.write("\n")
        count += 1
    return count


def read_jsonl(path: Path, kind: type[T] | TypeAdapter[T]) -> Iterator[T]:
    """Yield the records of a JSONL file, in order; empty lines are skipped.

    `kind` is a Record type or a `TypeAdapter` of a union of them.

    Raises:
        InputError: a line is no JSON or no such record; names file and line.
    """
    for _, _, record in read_placed(path, kind):
        yield record


def read_placed(path: Path, kind: type[T] | TypeAdapter[T]) -> Iterator[tuple[int, int, T]]:
    """Yield the records of `read_jsonl`, each after the offset and the length of its line in bytes.

    Raises:
        InputError: a line is no JSON or no such record; names file and line.
    """
    adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    following = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            offset, following = following, following + len(line)
            if not line.strip():
                continue
            try:
                record = adapter.validate_json(line)
            except ValidationError as error:
                raise InputError(
                    str(path), first_fault(error), f"one record a line, as {kind_name(kind)}", number
                ) from None
            yield offset, len(line), record


def kind_name(kind: type[object] | TypeAdapter[Any]) -> str:
    """The name of a record type for messages."""
    return "a rating statement" if isinstance(kind, TypeAdapter) else kind.__name__


def first_fault(error: ValidationError) -> str:
    """What the first fault of a validation error is, without repeating the input's text."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    place = ".".join(str(part) for part in faults[0]["loc"]) or "line"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"field {place!r}: {faults[0]['msg']}{more}"
