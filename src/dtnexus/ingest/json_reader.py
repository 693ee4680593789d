"""What all readers of JSON share: files of lines or one document, units, ignored fields, faults."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator

from pydantic import JsonValue

from dtnexus.errors import InputError
from dtnexus.ingest.draft import Draft, Said
from dtnexus.ingest.facts import Facts
from dtnexus.ingest.feed import Feed, Sample
from dtnexus.ingest.json_text import Found, JsonFault, values_of
from dtnexus.ingest.loss import Loss
from dtnexus.ingest.messages import Cost, keys_of
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reader import Output

_SNIFFED_UNITS = 10


def units(value: JsonValue) -> list[JsonValue]:
    """The conversations of one JSON value: a list of messages is one, any other list holds several."""
    if isinstance(value, list) and keys_of(value) is None:
        return value
    return [value]


class JsonReader(ABC):
    """A reader of one shape of JSON object, in lines or in a document."""

    name: str
    wanted: str
    """The shape in words, for messages."""
    endings: tuple[str, ...] = (".json", ".jsonl", ".ndjson")
    splits_turns = False

    @abstractmethod
    def score(self, unit: JsonValue) -> float:
        """How sure it is that this value is a conversation of this shape, 0 to 1."""

    @abstractmethod
    def conversations(self, unit: JsonValue, feed: Feed, line: int | None) -> Iterator[Output]:
        """Yield the conversations of a value that scored above 0."""

    def sniff(self, sample: Sample, options: ReadOptions) -> float:
        """The best score among the first values of the file."""
        del options
        first = [unit for value in sample.values for unit in units(value)[:_SNIFFED_UNITS]][:_SNIFFED_UNITS]
        return max((self.score(unit) for unit in first), default=0.0)

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Output]:
        """Yield the conversations of all lines, or of the one document."""
        del options
        for found in values_of(feed.lines()):
            if isinstance(found.value, JsonFault):
                if not found.lines:
                    raise InputError(feed.path, found.value.message, f"JSON with {self.wanted}", found.line)
                yield feed.loss("line_failed", found.value.message, found.line)
                continue
            yield from self._units(found, feed)

    def _units(self, found: Found, feed: Feed) -> Iterator[Output]:
        assert not isinstance(found.value, JsonFault)
        inside = units(found.value)
        if not inside:
            yield feed.loss("line_failed", f"an empty list; wanted {self.wanted}", found.line)
        for number, unit in enumerate(inside, start=1):
            if self.score(unit) > 0:
                yield from self.conversations(unit, feed, found.line if found.lines else None)
            else:
                item = f"entry {number} is" if len(inside) > 1 else "this is"
                yield feed.loss("line_failed", f"{item} no conversation; wanted {self.wanted}", found.line)


def told(
    facts: Facts, said: list[Said], costs: Iterable[Cost], feed: Feed, line: int | None
) -> tuple[Draft, list[Loss]]:
    """A draft of what was said, and the costs as losses of this file."""
    return facts.draft(said, line), [feed.loss(cost.kind, cost.detail, line, cost.times) for cost in costs]


def ignored(facts: Facts, but: Collection[str], feed: Feed, line: int | None) -> Iterator[Loss]:
    """The fields that have no place in a transcript."""
    for key in facts.ignored(but):
        yield feed.loss("fields_ignored", f"field {key!r} has no place in a transcript", line)
