"""dtnexus JSONL: one Transcript a line, exact; or the short form that people write by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue, ValidationError

from dtnexus.ingest.facts import Facts
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.json_reader import JsonReader, ignored, told
from dtnexus.ingest.messages import Keys, keys_of, said_in
from dtnexus.ingest.reader import Output
from dtnexus.ingest.settle import clean
from dtnexus.transcript import Source, Transcript

_WHO = ("role", "speaker")
_WORDS = ("text", "content")


class CanonicalReader(JsonReader):
    """Reads ``{"id", "turns": [{"role", "text"}]}``; a full record comes out as it was written.

    Only its source is filled in where it has none.
    """

    name = "dtnexus"
    wanted = "{'turns': [{'role', 'text'}]}"
    endings = (".jsonl", ".json")

    def score(self, unit: JsonValue) -> float:
        """1 for turns with role and text."""
        if not isinstance(unit, dict):
            return 0.0
        keys = keys_of(unit.get("turns"), _WHO, _WORDS)
        if keys is None:
            return 0.0
        return 1.0 if keys == Keys("role", "text") else 0.8

    def conversations(self, unit: JsonValue, feed: Feed, line: int | None) -> Iterator[Output]:
        """Yield the record, or a draft of the short form."""
        assert isinstance(unit, dict)
        turns = unit["turns"]
        assert isinstance(turns, list)
        record = _record(unit, turns)
        if record is not None:
            transcript, replaced = record
            if replaced:
                detail = "lone surrogates or NUL characters, replaced by U+FFFD"
                yield feed.loss("characters_replaced", detail, line, replaced)
            if transcript.source is None:
                source = Source(path=feed.path, format=self.name, line=line)
                transcript = transcript.model_copy(update={"source": source})
            yield transcript
            return
        keys = keys_of(turns, _WHO, _WORDS)
        assert keys is not None
        facts = Facts([unit])
        said, costs = said_in(turns, keys, names=False)
        draft, losses = told(facts, said, costs, feed, line)
        yield from losses
        yield from ignored(facts, ("turns", "source"), feed, line)
        yield draft


def _record(unit: Mapping[str, JsonValue], turns: list[JsonValue]) -> tuple[Transcript, int] | None:
    """The record that `Transcript.to_json` wrote and how many characters had to be replaced; None if it is none."""
    if not all(isinstance(turn, dict) and "index" in turn for turn in turns):
        return None
    replaced = 0
    kept: list[JsonValue] = []
    for turn in turns:
        assert isinstance(turn, dict)
        text = turn.get("text")
        if isinstance(text, str):
            cleaned, odd = clean(text)
            replaced += odd
            turn = {**turn, "text": cleaned} if cleaned != text else turn
        kept.append(turn)
    try:
        return Transcript.model_validate({**unit, "turns": kept}), replaced
    except ValidationError:
        return None
