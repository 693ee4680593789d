"""Reading: files in, transcripts and losses out. A bad file or line never stops the others."""

from __future__ import annotations

import codecs
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from dtnexus.errors import InputError, UsageError
from dtnexus.ingest.draft import Draft
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.json_text import JsonFault, values_of
from dtnexus.ingest.loss import Loss, ReadReport
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.places import feeds_of
from dtnexus.ingest.reader import Output, Reader
from dtnexus.ingest.readers import READERS, WEAK, choose
from dtnexus.ingest.settle import Settled, settle
from dtnexus.record import digest_of
from dtnexus.transcript import Transcript

_DEFAULTS = ReadOptions()


def read(
    paths: Iterable[str | Path],
    options: ReadOptions = _DEFAULTS,
    *,
    stdin: IO[bytes] | None = None,
    readers: Sequence[Reader] = READERS,
) -> Iterator[Transcript | Loss]:
    """Yield the transcripts of files, folders, patterns and ``-``, and what reading them cost.

    The losses of a file come after its transcripts; equal ones are one loss with a count.
    Tables and JSON lines are streamed; one document or text is held in memory at a time,
    and a digest of each transcript, to find duplicates.

    Args:
        paths: files, folders (read with all inside), patterns, or ``-`` for `stdin`.
        options: what the caller knows better than the files.
        stdin: the stream that ``-`` stands for, of bytes.
        readers: the formats to look for; the first of equally sure ones wins.

    Raises:
        UsageError: the options name a format or encoding that does not exist.
    """
    _check(options, readers)
    given = [paths] if isinstance(paths, str | Path) else paths
    seen = _Seen()
    for feed in feeds_of(given, options, stdin):
        if isinstance(feed, Loss):
            yield feed
        else:
            yield from _file(feed, options, readers, seen)


def read_all(
    paths: Iterable[str | Path],
    options: ReadOptions = _DEFAULTS,
    *,
    stdin: IO[bytes] | None = None,
    readers: Sequence[Reader] = READERS,
) -> tuple[list[Transcript], ReadReport]:
    """The transcripts of `read` in a list, and the report of the batch."""
    transcripts: list[Transcript] = []
    losses: list[Loss] = []
    for one in read(paths, options, stdin=stdin, readers=readers):
        if isinstance(one, Loss):
            losses.append(one)
        else:
            transcripts.append(one)
    return transcripts, report_of(transcripts, losses)


def report_of(transcripts: Iterable[Transcript], losses: Iterable[Loss]) -> ReadReport:
    """The report of a batch that was streamed."""
    formats: Counter[str] = Counter()
    files: set[str] = set()
    turns = 0
    for transcript in transcripts:
        turns += len(transcript.turns)
        formats[transcript.source.format if transcript.source else "unknown"] += 1
        if transcript.source:
            files.add(transcript.source.path)
    costs = tuple(losses)
    files.update(loss.path for loss in costs)
    return ReadReport(
        files=len(files), transcripts=formats.total(), turns=turns, formats=dict(sorted(formats.items())), losses=costs
    )


def _check(options: ReadOptions, readers: Sequence[Reader]) -> None:
    names = [reader.name for reader in readers]
    if options.format is not None and options.format not in names:
        raise UsageError(f"format {options.format!r} is not known; the formats are {', '.join(names)}")
    if options.encoding is not None:
        try:
            codecs.lookup(options.encoding)
        except LookupError:
            raise UsageError(f"encoding {options.encoding!r} is not known; utf-8 and cp1252 are examples") from None


class _Seen:
    """The ids of a batch and what they stand for; of each transcript a digest is kept."""

    def __init__(self) -> None:
        self._met: dict[bytes, tuple[str, str]] = {}
        """By id in the files and content: the id given and the file."""
        self._contents: dict[str, int] = {}
        """How many contents were met under an id."""

    def admit(self, transcript: Transcript, feed: Feed) -> tuple[Transcript | None, list[Loss]]:
        """The transcript under an id of its own, or None where the batch has it already."""
        line = transcript.source.line if transcript.source else None
        content = _content(transcript)
        key = _key(transcript.id, content)
        if key in self._met:
            free, path = self._met[key]
            detail = f"id {free!r} was already read from {path} with the same content"
            return None, [feed.loss("duplicate_dropped", detail, line)]
        before = self._contents.get(transcript.id, 0)
        self._contents[transcript.id] = before + 1
        if not before:
            self._met[key] = (transcript.id, feed.path)
            return transcript, []
        number = before + 1
        while (free := f"{transcript.id}~{number}") in self._contents:
            number += 1
        self._met[key] = self._met[_key(free, content)] = (free, feed.path)
        self._contents[free] = 1
        detail = f"id {transcript.id!r} was already read with other content; this one is {free!r}"
        return transcript.model_copy(update={"id": free}), [feed.loss("renamed", detail, line)]


def _key(transcript_id: str, content: str) -> bytes:
    return hashlib.sha256(f"{content}{transcript_id}".encode("utf-8", "surrogatepass")).digest()


def _content(transcript: Transcript) -> str:
    """A digest of what was said, by whom, and of everything known of it but where it stood."""
    about = transcript.model_dump(mode="json", exclude={"source", "turns"})
    digest = hashlib.sha256(digest_of(about).encode())
    for turn in transcript.turns:
        digest.update(f"{turn.role} {len(turn.text)} {turn.text}".encode())
    return digest.hexdigest()


class _Tally:
    """Counts equal losses of one file as one; failures stay apart, each with its line."""

    def __init__(self) -> None:
        self._losses: dict[tuple[object, ...], Loss] = {}

    def add(self, loss: Loss) -> None:
        key = (loss.kind, loss.detail, loss.line if loss.failure else None)
        met = self._losses.get(key)
        self._losses[key] = met.model_copy(update={"count": met.count + loss.count}) if met else loss

    def losses(self) -> Iterator[Loss]:
        return iter(self._losses.values())


def _file(feed: Feed, options: ReadOptions, readers: Sequence[Reader], seen: _Seen) -> Iterator[Transcript | Loss]:
    """Yield what a file holds, then what it cost."""
    tally = _Tally()
    sure = 0.0
    try:
        chosen = choose(feed.sample(), options, readers)
        if chosen is None:
            raise _unread(feed, readers)
        reader, sure = chosen
        for output, name in _named(reader.read(feed, options), feed.stem):
            transcript, losses = _settled(output, name, feed, options, reader)
            if transcript is not None:
                transcript, twice = seen.admit(transcript, feed)
                losses.extend(twice)
            for loss in losses:
                tally.add(loss)
            if transcript is not None:
                yield transcript
    except InputError as error:
        fault = error.fault
        skipped = not feed.named and sure < WEAK
        tally.add(
            feed.loss(
                "file_skipped" if skipped else "file_failed", f"{fault.given}; wanted: {fault.wanted}", fault.line
            )
        )
    for loss in feed.decoding_losses():
        tally.add(loss)
    yield from tally.losses()


def _unread(feed: Feed, readers: Sequence[Reader]) -> InputError:
    """Why nobody reads a file: broken JSON, or nothing that looks like a conversation."""
    names = ", ".join(reader.name for reader in readers)
    wanted = f"one of the formats {names}"
    if feed.sample().text.lstrip().startswith(("{", "[")):
        fault = next((found.value for found in values_of(feed.lines()) if isinstance(found.value, JsonFault)), None)
        if fault is not None:
            return InputError(feed.path, fault.message, wanted, fault.line)
    return InputError(feed.path, "no reader finds a conversation in it", wanted)


def _settled(output: Output, name: str, feed: Feed, options: ReadOptions, reader: Reader) -> Settled:
    if isinstance(output, Loss):
        return Settled(None, [output])
    if isinstance(output, Draft):
        return settle(output, name, feed, options, (reader.name, reader.splits_turns))
    return Settled(_overridden(output, options), [])


def _named(outputs: Iterator[Output], stem: str) -> Iterator[tuple[Output, str]]:
    """Each output with the id it gets: its own, or the file's name, numbered where there are several.

    One draft is held back until it is known whether another follows.
    """
    held: list[tuple[Output, str]] = []
    waiting = False
    number = 0
    for output in outputs:
        if isinstance(output, Loss):
            held.append((output, ""))
        else:
            number += 1
            if waiting:
                yield from ((one, name or f"{stem}#1") for one, name in held)
                held, waiting = [], False
            own = (
                output.id if isinstance(output, Transcript) else output.id or (f"{stem}#{number}" if number > 1 else "")
            )
            held.append((output, own))
            waiting = number == 1 and not own
        if not waiting:
            yield from held
            held = []
    yield from ((one, name or stem) for one, name in held)


def _overridden(transcript: Transcript, options: ReadOptions) -> Transcript:
    """A record as it is, but for what the caller says of it."""
    agent = {
        key: value
        for key, value in (
            ("id", options.agent_id),
            ("kind", options.agent_kind),
            ("version", options.agent_version),
        )
        if value is not None
    }
    update: dict[str, object] = {
        key: value
        for key, value in (
            ("client_id", options.client_id),
            ("language", options.language),
            ("synthetic", options.synthetic),
        )
        if value is not None
    }
    if agent:
        update["agent"] = transcript.agent.model_copy(update=agent)
    return transcript.model_copy(update=update) if update else transcript
