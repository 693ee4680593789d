"""DailyDialog: one dialogue a line, turns ended by ``__eou__``, speakers without names."""

from __future__ import annotations

from collections.abc import Iterator

from dtnexus.ingest.draft import Draft, Said
from dtnexus.ingest.feed import Feed, Sample
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reader import Output
from dtnexus.transcript import Role

_END = "__eou__"
_GUESS = "two speakers without names: the first taken as client, the second as agent"


class EouReader:
    """Reads lines of turns that are ended by ``__eou__``; the speakers take turns."""

    name = "eou-lines"
    endings: tuple[str, ...] = (".txt",)
    splits_turns = False

    def sniff(self, sample: Sample, options: ReadOptions) -> float:
        """0.95 where most lines hold the mark."""
        del options
        lines = [line for line in sample.lines if line.strip()]
        return 0.95 if sum(_END in line for line in lines) * 2 > len(lines) else 0.0

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Output]:
        """Yield a draft for each line."""
        del options
        for number, line in enumerate(feed.lines(), start=1):
            if not line.strip():
                continue
            if _END not in line:
                yield feed.loss("line_failed", f"a line without {_END}", number)
                continue
            texts = [text.strip() for text in line.split(_END)]
            if not texts[-1]:
                texts.pop()
            said = [Said(("first", "second")[place % 2], text) for place, text in enumerate(texts)]
            yield Draft(said, number, roles={"first": Role.CLIENT, "second": Role.AGENT}, guessed=_GUESS)
