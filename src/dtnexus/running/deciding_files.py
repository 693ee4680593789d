"""Deciding from files: transcripts and ratings in, assessments out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.assess import assess
from dtnexus.errors import UsageError
from dtnexus.ingest.options import ReadOptions
from dtnexus.profile import AgentProfile
from dtnexus.record import write_jsonl
from dtnexus.running.admission_file import read_admissions
from dtnexus.running.archive import Archive, Parcel
from dtnexus.running.hands import Case, profile_of
from dtnexus.running.ratings_log import RawBlock
from dtnexus.running.reading import Reading
from dtnexus.running.sorted_ratings import SortedRatings
from dtnexus.running.whole_file import whole


def paired(parcels: Iterable[Parcel], blocks: Iterator[RawBlock]) -> Iterator[Case]:
    """Yield interactions with their ratings, which come in the same order; holds one at a time.

    An interaction of which nobody said anything has no block and is decided from nothing.

    Raises:
        UsageError: the ratings are of other interactions, or in another order.
    """
    block = next(blocks, None)
    for parcel in parcels:
        own = None
        if block is not None and block.interaction_id == parcel.interaction_id:
            own, block = block, next(blocks, None)
        yield Case(parcel, own)
    if block is not None:
        raise UsageError(
            f"the ratings of interaction {block.interaction_id!r} do not stand in the order of the transcripts; "
            "use --restart"
        )


def decide_files(
    transcripts: Sequence[str],
    ratings: Sequence[Path],
    framework: str,
    profiles: Sequence[AgentProfile],
    admissions: Sequence[Path] = (),
) -> Iterator[Assessment]:
    """Decide every interaction from ratings in any order and of any number of coders; holds one at a time.

    Raises:
        UsageError: a rating is of an interaction that is not among the transcripts.
    """
    loaded = load_framework(framework, MAXIMA)
    admitted = read_admissions(admissions)
    with tempfile.TemporaryDirectory(prefix="dtnexus-") as scratch:
        archive = Archive.write(Path(scratch) / "transcripts.jsonl", Reading(transcripts, ReadOptions()).transcripts())
        sorted_out = SortedRatings.write(Path(scratch) / "ratings.jsonl", ratings)
        strangers = sorted(sorted_out.about - set(archive.interaction_ids))
        if strangers:
            raise UsageError(
                f"{', '.join(map(str, ratings))}: rates {len(strangers)} interactions that are not among the "
                f"transcripts, for instance {strangers[0]!r}. Give the transcripts that were coded."
            )
        for interaction in archive.interactions():
            profile = profile_of(interaction.agent, profiles)
            yield assess(interaction, sorted_out.of(interaction.id), loaded, profile, admitted)


def write_assessments(path: Path, assessments: Iterable[Assessment]) -> int:
    """Write one assessment a line; the file appears only when all are written. Returns how many."""
    with whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as stream:
        return write_jsonl(assessments, stream)
