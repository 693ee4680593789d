"""From a draft to a transcript: roles, merging, clean characters; every change is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dtnexus.ingest.draft import Draft, Said
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.loss import Loss
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.roles import Casting, UncastError, cast
from dtnexus.transcript import Agent, Role, Source, Transcript, Turn

_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")


class Settled(NamedTuple):
    """A transcript, or None where the draft had to be given up, and what settling cost."""

    transcript: Transcript | None
    losses: list[Loss]


def clean(text: str) -> tuple[str, int]:
    r"""The text with ``\n`` line ends and without characters that cannot be stored, and how many those were."""
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return _UNSTORABLE.subn("\ufffd", text)


def settle(draft: Draft, name: str, feed: Feed, options: ReadOptions, reader: tuple[str, bool]) -> Settled:
    """Make a transcript of a draft.

    Args:
        draft: what the reader found.
        name: the id of the transcript.
        feed: the file, for the source and the losses.
        options: what the caller said.
        reader: the name of the reader and whether its format splits turns.
    """
    format_name, splits = reader
    losses: list[Loss] = []
    said = _worded(draft, feed, losses)
    if not said:
        losses.append(feed.loss("line_failed", "a conversation without words", draft.line))
        return Settled(None, losses)
    try:
        casting = _cast(draft, said, options)
    except UncastError as error:
        detail = f"{error}; say who they are: --role NAME=client, or roles={{NAME: 'client'}}"
        losses.append(feed.loss("line_failed", detail, draft.line))
        return Settled(None, losses)
    losses.extend(feed.loss("role_guessed", detail, draft.line) for detail in casting.guessed)
    merge = splits if options.merge is None else options.merge
    turns = _turns(said, casting, merge)
    if len(turns) < len(said):
        detail = "consecutive turns of one speaker joined with a line break"
        losses.append(feed.loss("turns_merged", detail, draft.line, len(said) - len(turns)))
    sides = {turn.role for turn in turns} - {Role.SYSTEM}
    if not sides:
        losses.append(feed.loss("line_failed", "a conversation without a client or agent turn", draft.line))
        return Settled(None, losses)
    if len(sides) == 1:
        losses.append(feed.loss("one_sided", f"only the {next(iter(sides))} speaks", draft.line))
    return Settled(_transcript(draft, name, turns, casting, (feed.path, format_name), options), losses)


def _cast(draft: Draft, said: list[Said], options: ReadOptions) -> Casting:
    casting = cast([one.who for one in said], {**draft.roles, **options.roles}, strict=draft.strict)
    if draft.guessed is None or any(one.who.casefold() in options.roles for one in said):
        return casting
    return Casting(casting.roles, casting.kind, (*casting.guessed, draft.guessed))


def _worded(draft: Draft, feed: Feed, losses: list[Loss]) -> list[Said]:
    """The turns that have words, with clean characters."""
    worded = []
    replaced = 0
    for one in draft.said:
        text, odd = clean(one.text)
        replaced += odd
        if not text.strip():
            continue
        speaker = clean(one.speaker)[0] if one.speaker else None
        worded.append(one if text == one.text and speaker == one.speaker else one._replace(text=text, speaker=speaker))
    if replaced:
        detail = "lone surrogates or NUL characters, replaced by U+FFFD"
        losses.append(feed.loss("characters_replaced", detail, draft.line, replaced))
    if len(worded) < len(draft.said):
        empty = len(draft.said) - len(worded)
        losses.append(feed.loss("no_words_dropped", "turns without words", draft.line, empty))
    return worded


def _turns(said: list[Said], casting: Casting, merge: bool) -> tuple[Turn, ...]:
    """The numbered turns; where merging is asked for, neighbours of one speaker become one."""
    turns: list[Turn] = []
    for group in _grouped(said, casting, merge):
        first = group[0]
        text = first.text if len(group) == 1 else "\n".join(one.text for one in group)
        turns.append(
            Turn(index=len(turns), role=casting.roles[first.who], text=text, speaker=first.speaker, at=first.at)
        )
    return tuple(turns)


def _grouped(said: list[Said], casting: Casting, merge: bool) -> Iterator[list[Said]]:
    group: list[Said] = []
    for one in said:
        joins = (
            merge
            and group
            and one.who == group[0].who
            and one.speaker == group[0].speaker
            and casting.roles[one.who] is not Role.SYSTEM
        )
        if group and not joins:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _label(text: str | None) -> str | None:
    return None if text is None else clean(text)[0]


def _transcript(
    draft: Draft,
    name: str,
    turns: tuple[Turn, ...],
    casting: Casting,
    place: tuple[str, str],
    options: ReadOptions,
) -> Transcript:
    path, format_name = place
    agent = Agent(
        id=options.agent_id or _label(draft.agent_id) or "unnamed",
        kind=options.agent_kind or draft.agent_kind or casting.kind,
        version=options.agent_version or _label(draft.agent_version),
    )
    return Transcript(
        id=clean(name)[0],
        turns=turns,
        agent=agent,
        client_id=options.client_id or _label(draft.client_id),
        session_index=draft.session_index,
        started_at=draft.started_at,
        language=options.language or _label(draft.language),
        synthetic=draft.synthetic if options.synthetic is None else options.synthetic,
        source=Source(path=path, format=format_name, line=draft.line),
    )
