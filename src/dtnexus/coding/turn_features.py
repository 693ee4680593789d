"""Turns as hashed linguistic features, vectorised over many turns at once.

A turn is read sentence by sentence, with the end of the turn before it. Each sentence gives words
and word pairs, character pieces, word-class patterns, and what surrounds a word: whether it is
negated, quoted, conditional or asked, who is the subject of its clause, what kind of turn came
before, and whether the other side used it a moment ago. A number of words is never a feature, and
every row is scaled by the root of its length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.sentences import boundaries, tokens
from dtnexus.coding.word_kinds import (
    ASK,
    CLAUSE,
    CLOSER,
    COND,
    CONTENT,
    DANGER,
    FAREWELL,
    IDENTITY,
    LINE,
    NEGATOR,
    ONLY,
    OPENER,
    PUSH,
    SECOND,
    TOGGLE,
    WORD,
    Hashes,
    Ints,
    Kinds,
    Vocabulary,
    mix,
)  # fmt: skip

FEATURE_BITS: Final = 20
BEFORE_CHARACTERS: Final = 320
"""How much of the end of the turn before is read: as much as the training labels saw."""

_FADED: Final = 0.35
"""What a negated or quoted word still counts as the plain word; it counts in full as a negated or quoted one."""

_BETWEEN: Final = "\x00"
"""A mark by itself for the pattern that cuts tokens; readers of files let none through."""

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Some features: row `rows[i]` holds the feature `hashes[i]` with the value `values[i]`."""

    rows: Ints
    hashes: Hashes
    values: Floats


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of many turns: one row a sentence in `sentences`, one row a turn in `contexts`."""

    turn_of: Ints
    """Turn of each sentence, ascending, shape (n_sentences,). A turn without a token has one sentence."""
    sentences: tuple[Block, ...]
    contexts: tuple[Block, ...]
    words: int
    """Tokens of the turns themselves."""


@dataclass(frozen=True, slots=True)
class _Read:
    """Tokens of many texts, one after another, and where each stands."""

    kind: Ints
    text: Ints
    sentence: Ints
    turn_of: Ints
    """Text of each sentence."""


def _read(vocabulary: Vocabulary, texts: Sequence[str]) -> _Read:
    cut, lengths = _cut(texts)
    surface = vocabulary.surface(cut)
    stops = np.cumsum(lengths)
    enders = np.append(0, np.cumsum(vocabulary.ends_sentence(surface)))
    several = np.flatnonzero(enders[stops - 1] > enders[stops - lengths])
    """Texts with a sentence end before their last token; every other text is one sentence."""
    closed = np.zeros(len(cut) + 1, dtype=np.int64)
    closed[stops] = 1
    for start, stop in zip((stops - lengths)[several].tolist(), stops[several].tolist(), strict=True):
        closed[[start + end + 1 for end in boundaries(cut[start:stop])]] = 1
    kind, source = vocabulary.kinds(surface)
    sentence = np.cumsum(closed)[:-1]
    text_of = np.repeat(np.arange(len(texts)), lengths)
    return _Read(kind, text_of[source], sentence[source], text_of[np.flatnonzero(closed[1:])])


def _cut(texts: Sequence[str]) -> tuple[list[str], Ints]:
    """The tokens of all texts, one text after another, and how many each has: at least one.

    Texts are cut together, which is quicker; between two of them stands a character that no text holds.
    """
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= len(texts):
        cuts = [tokens(text) or ["\n"] for text in texts]
        return list(chain.from_iterable(cuts)), np.array([len(cut) for cut in cuts], dtype=np.int64)
    cut = tokens(joined)
    lengths: list[int] = []
    out: list[str] = []
    begin = 0
    for _ in texts:
        end = cut.index(_BETWEEN, begin) if len(lengths) < len(texts) - 1 else len(cut)
        own = cut[begin:end] or ["\n"]
        out += own
        lengths.append(len(own))
        begin = end + 1
    return out, np.array(lengths, dtype=np.int64)


def _since(marks: Flags, group: Ints) -> Flags:
    """True where a mark stands earlier in the same group; groups are ascending runs."""
    total = np.cumsum(marks)
    start = np.searchsorted(group, group, side="left")
    return (total - marks) > (total - marks)[start]


def _last(where: Flags, group: Ints) -> Ints:
    """Position of the last mark at or before each place within its group, -1 without one."""
    position = np.maximum.accumulate(np.where(where, np.arange(len(where)), -1))
    start = np.searchsorted(group, group, side="left")
    return np.where(position >= start, position, -1)


def _quoted(flags: NDArray[np.uint32], paragraph: Ints) -> Flags:
    """True inside a closed pair of quotation marks within one paragraph."""
    toggle = (flags & TOGGLE) != 0
    total = np.cumsum(toggle)
    start = np.searchsorted(paragraph, paragraph, side="left")
    stop = np.searchsorted(paragraph, paragraph, side="right") - 1
    seen = total - (total - toggle)[start]
    whole = total[stop] - (total - toggle)[start]
    straight = (seen % 2 == 1) & (seen < whole) & ~toggle
    opened = _last((flags & OPENER) != 0, paragraph)
    closed = _last((flags & CLOSER) != 0, paragraph)
    later = np.cumsum((flags & CLOSER) != 0)
    return np.asarray(straight | ((opened > closed) & (later[stop] > later)), dtype=np.bool_)


def extract(vocabulary: Vocabulary, texts: Sequence[str], befores: Sequence[str]) -> Batch:
    """The features of the turns, each with the end of the turn before it ("" for a first turn).

    `texts` and `befores` have the same length. What a turn is given never depends on the others
    in the batch.
    """
    vocabulary.make_room()
    turns = _read(vocabulary, texts)
    past = _read(vocabulary, [before[-BEFORE_CHARACTERS:] for before in befores])
    kinds = vocabulary.table()
    first = np.array([not before.strip() for before in befores], dtype=np.bool_)
    contexts, state = _context_blocks(past, kinds, first)
    return Batch(turns.turn_of, tuple(_sentence_blocks(turns, past, kinds, state)), tuple(contexts), len(turns.kind))


def _shift(values: Hashes, group: Ints, by: int) -> Hashes:
    """The value `by` places before within the group, or a mark of the beginning."""
    out = np.full(len(values), 0x5BD1E995, dtype=np.uint32)
    same = group[by:] == group[:-by]
    out[by:][same] = values[:-by][same]
    return out


def _scale(rows: Ints, count: int, smallest: int) -> Floats:
    """One over the root of the number of tokens of each row, but no more than for `smallest` of them."""
    sizes = np.bincount(rows, minlength=count)
    return (1.0 / np.sqrt(np.maximum(sizes, smallest))).astype(np.float32)


def _context_blocks(past: _Read, kinds: Kinds, first: Flags) -> tuple[list[Block], NDArray[np.uint32]]:
    """Features of the turn before, and its state of each turn, as bits."""
    n = len(first)
    hashes, flags, text = kinds.hashes[past.kind], kinds.flags[past.kind], past.text
    classes = kinds.classes[past.kind]
    scale = _scale(text, n, 8)[text]
    one = _shift(hashes, text, 1)
    blocks = [
        Block(text, mix(hashes, 101), scale),
        Block(text, mix(mix(one, hashes), 102), scale),
        Block(text, mix(mix(_shift(classes, text, 1), classes), 103), scale * np.float32(0.5)),
    ]
    ending = np.searchsorted(text, text, side="right") - np.arange(len(text))
    opening = np.arange(len(text)) - np.searchsorted(text, text, side="left")

    def held(mask: Flags) -> NDArray[np.uint32]:
        return (np.bincount(text[mask], minlength=n) > 0).astype(np.uint32)

    second = held((flags & SECOND) != 0)
    asked = held((flags & ASK) != 0)
    state = first.astype(np.uint32)
    state |= held(((flags & ASK) != 0) & (ending <= 12)) << np.uint32(1)
    state |= held(((flags & PUSH) != 0) & (opening < 6)) << np.uint32(2)
    state |= held((flags & FAREWELL) != 0) << np.uint32(3)
    state |= (held((flags & IDENTITY) != 0) & second & asked) << np.uint32(4)
    state |= held((flags & DANGER) != 0) << np.uint32(5)
    every = np.arange(n)
    for bit in range(6):
        have = every[((state >> np.uint32(bit)) & np.uint32(1)) == 1]
        blocks.append(Block(have, np.repeat(mix(bit, 104), len(have)), np.full(len(have), 0.7, dtype=np.float32)))
    return blocks, state


def _sentence_blocks(turns: _Read, past: _Read, kinds: Kinds, state: NDArray[np.uint32]) -> list[Block]:
    """Features of the sentences of the turns."""
    kind, row = turns.kind, turns.sentence
    count = len(turns.turn_of)
    hashes, flags, classes = kinds.hashes[kind], kinds.flags[kind], kinds.classes[kind]
    scale = _scale(row, count, 5)[row]
    half = scale * np.float32(0.6)
    word = (flags & WORD) != 0
    begins = np.diff(row, prepend=-1) > 0
    breaks = ((flags & CLAUSE) != 0) | begins
    clause = np.cumsum(breaks)
    following = np.append(flags[1:], np.uint32(0))
    negator = ((flags & NEGATOR) != 0) & ((following & ONLY) == 0)
    negated = _since(negator, clause) & word
    paragraph = np.cumsum(np.append(0, ((flags[:-1] & LINE) != 0) | (np.diff(turns.text) > 0)))
    asking = np.bincount(row[(flags & ASK) != 0], minlength=count) > 0
    quoted = _quoted(flags, paragraph) & word
    plain = np.where(negated | quoted, np.float32(_FADED), np.float32(1.0))
    one, two = _shift(hashes, row, 1), _shift(hashes, row, 2)
    pair = mix(one, hashes)
    blocks = [
        Block(row, mix(hashes, 1), scale * plain),
        Block(row, mix(pair, 2), scale * plain),
        Block(row, mix(mix(two, pair), 3), half * plain),
        Block(row[negated], mix(pair[negated], 33), scale[negated]),
    ]
    marks = ((negated, 4), (quoted, 5), (_since((flags & COND) != 0, row) & word, 6),
             (asking[row], 7), (turns.turn_of[row] != np.append(-1, turns.turn_of[:-1])[row], 8))  # fmt: skip
    for mask, seed in marks:
        blocks.append(Block(row[mask], mix(hashes[mask], seed), scale[mask]))
    subject_at = _last(kinds.subjects[kind] > 0, clause)
    subject = np.where(subject_at >= 0, kinds.subjects[kind][subject_at], 0).astype(np.uint32)
    who = subject * np.uint32(2) + negated.astype(np.uint32)
    mask = word & (subject > 0)
    blocks.append(Block(row[mask], mix(mix(hashes[mask], who[mask]), 9), scale[mask]))
    blocks.append(Block(row[mask], mix(mix(classes[mask], who[mask]), 10), half[mask]))
    blocks.extend(_pattern_blocks(np.where(negated, mix(classes, 34), classes), row, half))
    blocks.append(_piece_block(kinds, kind, row, scale * plain))
    for bit in range(1, 6):
        mask = ((state[turns.text] >> np.uint32(bit)) & np.uint32(1)) == 1
        blocks.append(Block(row[mask], mix(hashes[mask], 20 + bit), half[mask]))
    blocks.extend(_overlap_blocks(turns, past, kinds, asking, subject))
    blocks.append(_place_block(turns, asking))
    return blocks


def _pattern_blocks(classes: Hashes, row: Ints, scale: Floats) -> list[Block]:
    """Runs of one to four word classes, function words standing for themselves."""
    blocks = [Block(row, mix(classes, 11), scale)]
    run = classes
    for by in (1, 2, 3):
        run = mix(run, _shift(classes, row, by))
        blocks.append(Block(row, mix(run, 11 + by), scale))
    return blocks


def _piece_block(kinds: Kinds, kind: Ints, row: Ints, scale: Floats) -> Block:
    """Pieces of four and five letters of the words."""
    amount = kinds.piece_count[kind]
    source = np.repeat(np.arange(len(kind)), amount)
    inner = np.arange(len(source)) - np.repeat(np.cumsum(amount) - amount, amount)
    value = (scale / np.sqrt(np.maximum(amount, 1)) * 0.7).astype(np.float32)
    return Block(row[source], kinds.pieces[kinds.piece_start[kind][source] + inner], value[source])


def _overlap_blocks(turns: _Read, past: _Read, kinds: Kinds, asking: Flags, subject: NDArray[np.uint32]) -> list[Block]:
    """How much of each sentence the turn before said, and what stands around the words taken up."""
    count = len(turns.turn_of)
    content = (kinds.flags[turns.kind] & CONTENT) != 0
    old = (kinds.flags[past.kind] & CONTENT) != 0
    keys = (turns.text[content] << 32) | kinds.stems[turns.kind[content]].astype(np.int64)
    taken = np.zeros(len(content), dtype=np.bool_)
    taken[content] = np.isin(keys, (past.text[old] << 32) | kinds.stems[past.kind[old]].astype(np.int64))
    share = np.bincount(turns.sentence[taken], minlength=count) / np.maximum(
        np.bincount(turns.sentence[content], minlength=count), 3
    )
    step = (np.digitize(share, (0.01, 0.2, 0.34, 0.6)) * 2 + asking).astype(np.uint32)
    rows = np.arange(count)
    one = _shift(kinds.hashes[turns.kind], turns.sentence, 1)
    value = _scale(turns.sentence, count, 5)[turns.sentence][taken]
    return [
        Block(rows, mix(step, 30), np.full(count, 0.7, dtype=np.float32)),
        Block(turns.sentence[taken], mix(one[taken], 31), value),
        Block(turns.sentence[taken], mix(subject[taken], 32), value),
    ]


def _place_block(turns: _Read, asking: Flags) -> Block:
    """Whether a sentence begins its turn, whether it asks, and whether its turn ends with it asking."""
    of = turns.turn_of
    first = np.diff(of, prepend=-1) > 0
    last = np.diff(of, append=of[-1] + 1 if len(of) else 0) > 0
    place = (first * 1 + asking * 2 + (last & asking) * 4).astype(np.uint32)
    return Block(np.arange(len(of)), mix(place, 40), np.full(len(of), 0.7, dtype=np.float32))
