"""How sections are spread over calls: grouped by domain, within the calls that one window may take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from dtnexus.coding.judge.sections import Section
from dtnexus.coding.judge.settings import JudgeSettings

Block = tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Sections that are asked in one call, and how often that call is made."""

    sections: Block
    repeats: int


def groups_of(sections: Sequence[Section], settings: JudgeSettings) -> tuple[Group, ...]:
    """Every section in exactly one group; safety-critical ones apart, since they are asked more often.

    Domains stay together and in order. Of all ways that keep to `calls_per_window` the one is taken whose
    fullest call has the fewest questions, and of these the one with the fewest calls. Where even one group of
    each kind is too many calls, that is what is asked.
    """
    stars = _by_domain([section for section in sections if section.star])
    others = _by_domain([section for section in sections if not section.star])
    ways = [
        (star, other)
        for star in _splits(stars, settings.calls_per_window // settings.star_repeats)
        for other in _splits(others, settings.calls_per_window // settings.repeats)
        if len(star) * settings.star_repeats + len(other) * settings.repeats <= settings.calls_per_window
    ]
    if not ways:
        ways = [(_joined(stars), _joined(others))]
    star, other = min(ways, key=lambda way: (_fullest(*way), _calls(way, settings), len(way[0])))
    return (
        *(Group(block, settings.repeats) for block in other),
        *(Group(block, settings.star_repeats) for block in star),
    )


def _by_domain(sections: Sequence[Section]) -> list[Block]:
    return [tuple(block) for _, block in groupby(sections, key=lambda section: section.domain)]


def _splits(blocks: Sequence[Block], most: int) -> Iterator[tuple[Block, ...]]:
    """For each number of runs up to `most` the most even way of cutting the row; one empty way for no blocks."""
    if not blocks:
        yield ()
    for runs in range(1, min(len(blocks), most) + 1):
        yield min((_cut(blocks, places) for places in combinations(range(1, len(blocks)), runs - 1)), key=_fullest)


def _cut(blocks: Sequence[Block], places: Sequence[int]) -> tuple[Block, ...]:
    edges = (0, *places, len(blocks))
    return tuple(
        tuple(section for block in blocks[start:end] for section in block)
        for start, end in zip(edges, edges[1:], strict=False)
    )


def _joined(blocks: Sequence[Block]) -> tuple[Block, ...]:
    return (tuple(section for block in blocks for section in block),) if blocks else ()


def _fullest(*parts: tuple[Block, ...]) -> int:
    sizes = [sum(len(section.questions) for section in block) for part in parts for block in part]
    return max(sizes, default=0)


def _calls(way: tuple[tuple[Block, ...], tuple[Block, ...]], settings: JudgeSettings) -> int:
    return len(way[0]) * settings.star_repeats + len(way[1]) * settings.repeats
