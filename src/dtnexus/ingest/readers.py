"""The readers, and which of them reads a file."""

from __future__ import annotations

from collections.abc import Sequence

from dtnexus.errors import UsageError
from dtnexus.ingest.canonical import CanonicalReader
from dtnexus.ingest.chatgpt_export import ChatGPTReader
from dtnexus.ingest.eou_lines import EouReader
from dtnexus.ingest.feed import Sample
from dtnexus.ingest.inspect_log import InspectReader
from dtnexus.ingest.labelled_text import LabelledTextReader
from dtnexus.ingest.nested_json import NestedReader
from dtnexus.ingest.openai_chat import OpenAIReader
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reader import Reader
from dtnexus.ingest.sharegpt import ShareGPTReader
from dtnexus.ingest.speaker_lists import SpeakerListReader
from dtnexus.ingest.table import TableReader

READERS: tuple[Reader, ...] = (
    CanonicalReader(),
    InspectReader(),
    OpenAIReader(),
    ShareGPTReader(),
    ChatGPTReader(),
    SpeakerListReader(),
    NestedReader(),
    TableReader(),
    EouReader(),
    LabelledTextReader(),
)
"""The formats that dtnexus reads. Add your own: ``read(paths, readers=(*READERS, MyReader()))``."""

WEAK = 0.3
"""Scores below this are claims by the file's ending only."""


def choose(sample: Sample, options: ReadOptions, readers: Sequence[Reader]) -> tuple[Reader, float] | None:
    """The reader with the highest score, and the score; None where no reader claims the file.

    Of equal scores the one that knows the file's ending wins, then the one that stands first.

    Raises:
        UsageError: `options.format` names no reader.
    """
    if options.format is not None:
        named = next((reader for reader in readers if reader.name == options.format), None)
        if named is None:
            names = ", ".join(reader.name for reader in readers)
            raise UsageError(f"format {options.format!r} is not known; the formats are {names}")
        return named, 1.0
    scored = [(reader.sniff(sample, options), sample.ending in reader.endings, reader) for reader in readers]
    score, _, best = max(scored, key=lambda one: one[:2], default=(0.0, False, None))
    return None if best is None or score <= 0 else (best, score)
