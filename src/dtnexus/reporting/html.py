"""The report as one HTML file that is complete in itself.

Nothing is fetched from anywhere: style and script stand in the page, and a content
security policy forbids every request. Reports of up to `inline_limit` interactions are
plain, static HTML; longer ones keep each interaction packed (deflate, base64) until it
is opened. Of very many a selection is shown in full, so that the page stays quick to open.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import Field

from dtnexus.assessment import Assessment, SystemAssessment
from dtnexus.framework import Framework
from dtnexus.record import FrozenMap, Record
from dtnexus.reporting.corpus_view import corpus_view
from dtnexus.reporting.interaction_view import interaction_view
from dtnexus.reporting.lock import CLOSED
from dtnexus.reporting.marks import Mark, Segment, visible
from dtnexus.reporting.selection import Selection
from dtnexus.reporting.summary import CorpusTally, Flag, Sessions, sessions_in
from dtnexus.reporting.wording import NOT_A_FAILING, counted, gap_sentence, gap_words, percent
from dtnexus.transcript import Transcript

Piece = tuple[str, int]
"""One interaction as a piece of the page, and how many of its passages are scored 0 or 1."""

Renderer = Callable[[Iterable[int], bool], Iterator[Piece]]
"""Renders the interactions at some places, from 0, in that order; packed where the page packs them."""

_TONES = ("s0", "s1", "s2", "s3", "s4", "risk", "cue", "look")


class ReportOptions(Record):
    """What a report says beside its assessments."""

    title: str = "What the conversations show"
    language: str = "en"
    """Of the report's own words (BCP 47)."""
    dated: date | None = None
    """Printed when given; reports read no clock."""
    losses: FrozenMap[str, int] = Field(default_factory=dict)
    """What could not be read, in words, and how often."""
    systems: tuple[SystemAssessment, ...] = ()
    inline_limit: int = Field(default=50, ge=0)
    """Up to so many interactions the page works without JavaScript."""
    full_limit: int = Field(default=500, ge=1)
    """Of more interactions than this the page shows a selection of so many in full, and counts all."""
    room: int = Field(default=18_000_000, ge=0)
    """Characters that the bodies of a selection may take, so that the page stays quick to open."""


DEFAULTS = ReportOptions()


class Overview:
    """What a report says of a corpus as a whole, gathered interaction by interaction."""

    def __init__(self, framework: Framework, sessions: Sessions, full_limit: int = DEFAULTS.full_limit) -> None:
        self.tally = CorpusTally(framework, sessions)
        self.selection = Selection(full_limit)

    def add(self, assessment: Assessment) -> tuple[Flag, ...]:
        """Count the next interaction; gives its safety-critical flags."""
        flags = self.tally.add(assessment)
        self.selection.add(assessment, bool(flags))
        return flags


def write_report(
    assessments: Sequence[Assessment],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    path: Path,
    options: ReportOptions = DEFAULTS,
    overview: Overview | None = None,
    render: Renderer | None = None,
) -> None:
    """Write the report; see `report_chunks`."""
    with path.open("w", encoding="utf-8", errors="xmlcharrefreplace", newline="\n") as stream:
        for chunk in report_chunks(assessments, transcripts, framework, options, overview, render):
            stream.write(chunk)


def report_chunks(
    assessments: Sequence[Assessment],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    options: ReportOptions = DEFAULTS,
    overview: Overview | None = None,
    render: Renderer | None = None,
) -> Iterator[str]:
    """Yield the report piece by piece; one interaction is rendered at a time.

    Of more than `full_limit` interactions the page counts all and shows a selection (`Selection`).

    Args:
        assessments: One per interaction, in the order of the report; read once for the counts
            where no overview is given, and one by one for what is shown.
        transcripts: By id. Where one is not at hand the report says so and prints the quotes alone.
        framework: The framework that the assessments were made with.
        options: Title, date, losses of reading and the like.
        overview: Of all of these assessments, where the caller has counted them already.
        render: What renders interactions as `piece` does, for instance in several processes; here, where not given.
    """
    if overview is None:
        overview = Overview(framework, sessions_in(transcripts), options.full_limit)
        for assessment in assessments:
            overview.add(assessment)
    total = overview.tally.interactions
    lazy = total > options.inline_limit
    render = render or partial(_pieces, assessments, transcripts, framework, options.language)
    shown: Sequence[int] = range(total)
    pieces = render(shown, lazy)
    if not overview.selection.complete:
        chosen = overview.selection.chosen()
        kept = dict(_fitting(zip(chosen, render(chosen, lazy), strict=True), options.room))
        shown = sorted(kept)
        pieces = map(kept.__getitem__, shown)
    corpus = corpus_view(
        overview.tally, [(place + 1, assessments[place]) for place in shown], transcripts, framework, options
    )
    yield from (
        environment()
        .get_template("report.html.j2")
        .generate(
            options=options,
            framework=framework,
            corpus=corpus,
            lazy=lazy,
            style=style(),
            script=_script(),
            bodies=((row, Markup(text), low) for row, (text, low) in zip(corpus.index, pieces, strict=True)),
        )
    )


def piece(
    number: int,
    assessment: Assessment,
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    pack: bool,
    language: str = DEFAULTS.language,
) -> Piece:
    """One interaction of a report; `number` (from 1) names its place in the page, `pack` makes it `packed`."""
    view = interaction_view(number, assessment, transcripts, framework)
    text = environment().get_template("interaction.html.j2").render(v=view, language=language)
    return packed(text) if pack else text, view.low_episodes


def _pieces(
    assessments: Sequence[Assessment],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    language: str,
    places: Iterable[int],
    pack: bool,
) -> Iterator[Piece]:
    """Render in this process."""
    for place in places:
        yield piece(place + 1, assessments[place], transcripts, framework, pack, language)


def _fitting(pieces: Iterable[tuple[int, Piece]], room: int) -> Iterator[tuple[int, Piece]]:
    """The first of these pieces, each with its place, that together have room in the page."""
    for place, made in pieces:
        room -= len(made[0])
        if room < 0:
            return
        yield place, made


def packed(text: str) -> str:
    """A piece of the page as base64 of a zlib stream."""
    return base64.b64encode(zlib.compress(text.encode("utf-8", "xmlcharrefreplace"))).decode("ascii")


def tone(segment: Segment, marks: Sequence[Mark]) -> str:
    """How a piece of text is drawn: as the worst of its marks; ``many`` where several cover it."""
    worst = min((marks[i].tone for i in segment.marks), key=_TONES.index)
    return worst if len(segment.marks) == 1 else f"{worst} many"


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Where the templates of all pages are rendered: escaping, and invisible characters shown."""
    made = Environment(
        loader=PackageLoader("dtnexus.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    made.globals.update(
        counted=counted,
        percent=percent,
        gap_words=gap_words,
        gap_sentence=gap_sentence,
        tone=tone,
        closed=CLOSED,
        not_a_failing=NOT_A_FAILING,
    )
    return made


def asset(name: str) -> Markup:
    """A style or script that stands in a page."""
    return Markup(files("dtnexus.reporting").joinpath("templates", name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def style() -> Markup:
    """The style of all pages."""
    parts = {name: asset(f"{name}.css") for name in ("layout", "parts", "narrow", "print")}
    return Markup(environment().get_template("style.css.j2").render(parts))


@lru_cache(maxsize=1)
def _script() -> Markup:
    return Markup("\n".join((asset("page.js"), asset("table.js"))))
