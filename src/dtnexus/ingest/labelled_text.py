"""Text in which names head the turns: ``user:`` and ``agent:`` blocks, or ``Name: text`` lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dtnexus.errors import InputError
from dtnexus.ingest.draft import Draft, Said
from dtnexus.ingest.feed import Feed, Sample
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reader import Output
from dtnexus.ingest.roles import role_hint, role_word
from dtnexus.transcript import Role

_DIRECTION_MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_HEAD = re.compile(
    rf"[{_DIRECTION_MARKS}]*(?:\*\*|__|\#{{1,4}}[ ])?"
    rf"([^\W\d_][^:：\n*{_DIRECTION_MARKS}]{{0,39}}?)[{_DIRECTION_MARKS}]*(?:\*\*|__)?"
    r"(?::(?:\*\*|__)?(?=\s|$)|：)[ \t]?"
)
_MAX_WORDS = 4
_OFTEN = 0.3


class Head(NamedTuple):
    """The beginning of a line that names a speaker."""

    name: str
    end: int
    """Where the words begin."""

    @property
    def key(self) -> str:
        """The name by which speakers are the same."""
        return self.name.casefold()


def head_of(line: str) -> Head | None:
    """The name that heads a line; None where none does."""
    match = _HEAD.match(line)
    if match is None or len(match[1].split()) > _MAX_WORDS:
        return None
    return Head(match[1].strip(), match.end())


def established(labels: Sequence[str], given: Mapping[str, Role]) -> frozenset[str]:
    """The speakers among the names that head lines, given in order and casefolded.

    Names that state a role come first: the most frequent of each side, and others nearly as
    frequent. Only where a side has no such name do other names count, again the most
    frequent. So a play inside a turn (``Doctor: …``) stays a part of that turn.
    """
    counts = Counter(labels)
    roles = {name: given.get(name) or role_word(name) for name in counts}
    found = {name for name in counts if name in given}
    sides = 0
    for side in (Role.CLIENT, Role.AGENT):
        names = [name for name in counts if roles[name] is side]
        top = max((counts[name] for name in names), default=0)
        sides += bool(names)
        leading = [name for name in names if counts[name] == top][:1]
        found.update(leading, (name for name in names if counts[name] >= max(2.0, _OFTEN * top)))
    if labels and roles[labels[0]] is Role.SYSTEM:
        found.add(labels[0])
    unnamed = sorted((name for name in counts if roles[name] is None), key=lambda name: -counts[name])
    if sides == 2 or not unnamed:
        return frozenset(found)
    top = counts[unnamed[0]]
    often = [name for name in unnamed if counts[name] >= max(2.0, _OFTEN * top)]
    return frozenset(found.union(often or unnamed[: 2 - sides]))


class LabelledTextReader:
    """Reads one conversation a file. A turn runs to the next line headed by an established speaker."""

    name = "labelled-text"
    endings: tuple[str, ...] = (".txt", ".md", ".log", ".text")
    splits_turns = True

    def sniff(self, sample: Sample, options: ReadOptions) -> float:
        """0.9 where known role words head the turns, less the less is known."""
        if sample.text.startswith("WEBVTT"):
            return 0.0
        labels = [head.key for line in sample.lines if (head := head_of(line))]
        speakers = established(labels, options.roles)
        turns = sum(label in speakers for label in labels)
        known = {options.roles.get(name) or role_hint(name) for name in speakers} - {None, Role.SYSTEM}
        first = next((line for line in sample.lines if line.strip()), "")
        begins = (head := head_of(first)) is not None and head.key in speakers
        mostly = turns * 2 >= len(labels)
        if len(known) == 2:
            return 0.9 if begins else 0.5 * mostly
        if not (begins and mostly):
            return 0.0
        if known:
            return 0.8 if turns >= 2 else 0.45
        return 0.6 if turns >= 3 and len(speakers) >= 2 else 0.0

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Output]:
        """Yield one draft."""
        lines = list(feed.lines())
        heads = [(number, head) for number, line in enumerate(lines) if (head := head_of(line))]
        labels = [head.key for _, head in heads]
        speakers = established(labels, options.roles)
        starts = [(number, head) for number, head in heads if head.key in speakers]
        if not starts:
            raise InputError(feed.path, "no line is headed by a speaker", "lines such as 'user: …' and 'agent: …'")
        before = sum(bool(line.strip()) for line in lines[: starts[0][0]])
        if before:
            yield feed.loss("row_dropped", "lines before the first speaker", 1, before)
        others = Counter(label for label in labels if label not in speakers)
        fewest = min(Counter(head.key for _, head in starts).values())
        if others and max(others.values()) > max(2, fewest / 2):
            detail = "a name that often heads lines taken as words of the turn; if it speaks, say so in roles"
            yield feed.loss("role_guessed", detail)
        said = []
        ends = [number for number, _ in starts[1:]] + [len(lines)]
        for (number, head), end in zip(starts, ends, strict=True):
            text = lines[number][head.end :] + "".join(lines[number + 1 : end])
            said.append(Said(head.key, text.strip("\n"), head.name))
        yield Draft(said, starts[0][0] + 1)
