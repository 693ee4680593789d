"""The report as one HTML file that is complete in itself.

Nothing is fetched from anywhere: style and script stand in the page, and a content
security policy forbids every request. Reports of up to `inline_limit` interactions are
plain, static HTML; longer ones keep each interaction packed (deflate, base64) until it
is opened, so that a thousand of them stay quick to open.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import Field

from dtnexus.assessment import Assessment, SystemAssessment
from dtnexus.framework import Framework
from dtnexus.record import FrozenMap, Record
from dtnexus.reporting.corpus_view import CorpusView, IndexRow, corpus_view
from dtnexus.reporting.interaction_view import interaction_view
from dtnexus.reporting.lock import CLOSED
from dtnexus.reporting.marks import Mark, Segment, visible
from dtnexus.reporting.summary import summarise
from dtnexus.reporting.wording import NOT_A_FAILING, counted, gap_sentence, gap_words, percent
from dtnexus.transcript import Transcript

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


DEFAULTS = ReportOptions()


def write_report(
    assessments: Sequence[Assessment],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    path: Path,
    options: ReportOptions = DEFAULTS,
) -> None:
    """Write the report; see `report_chunks`."""
    with path.open("w", encoding="utf-8", errors="xmlcharrefreplace", newline="\n") as stream:
        for chunk in report_chunks(assessments, transcripts, framework, options):
            stream.write(chunk)


def report_chunks(
    assessments: Sequence[Assessment],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    options: ReportOptions = DEFAULTS,
) -> Iterator[str]:
    """Yield the report piece by piece; one interaction is rendered at a time.

    Args:
        assessments: One per interaction, in the order of the report.
        transcripts: By id. Where one is not at hand the report says so and prints the quotes alone.
        framework: The framework that the assessments were made with.
        options: Title, date, losses of reading and the like.
    """
    summary = summarise(assessments, transcripts, framework, options.losses, options.systems)
    corpus = corpus_view(summary, assessments, transcripts, framework)
    lazy = len(assessments) > options.inline_limit
    environment = _environment()
    yield from environment.get_template("report.html.j2").generate(
        options=options,
        framework=framework,
        corpus=corpus,
        lazy=lazy,
        style=_style(),
        script=_script(),
        bodies=_bodies(assessments, transcripts, framework, options, corpus),
    )


def _bodies(
    assessments: Sequence[Assessment],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    options: ReportOptions,
    corpus: CorpusView,
) -> Iterator[tuple[IndexRow, Markup, int]]:
    template = _environment().get_template("interaction.html.j2")
    lazy = len(assessments) > options.inline_limit
    for row, assessment in zip(corpus.index, assessments, strict=True):
        view = interaction_view(row.number, assessment, transcripts, framework)
        body = template.render(v=view, options=options)
        yield row, Markup(packed(body) if lazy else body), view.low_episodes


def packed(text: str) -> str:
    """A piece of the page as base64 of a zlib stream."""
    return base64.b64encode(zlib.compress(text.encode("utf-8", "xmlcharrefreplace"), 9)).decode("ascii")


def tone(segment: Segment, marks: Sequence[Mark]) -> str:
    """How a piece of text is drawn: as the worst of its marks; ``many`` where several cover it."""
    worst = min((marks[i].tone for i in segment.marks), key=_TONES.index)
    return worst if len(segment.marks) == 1 else f"{worst} many"


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dtnexus.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    environment.globals.update(
        counted=counted,
        percent=percent,
        gap_words=gap_words,
        gap_sentence=gap_sentence,
        tone=tone,
        closed=CLOSED,
        not_a_failing=NOT_A_FAILING,
    )
    return environment


def _asset(name: str) -> Markup:
    return Markup(files("dtnexus.reporting").joinpath("templates", name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _style() -> Markup:
    parts = {name: _asset(f"{name}.css") for name in ("layout", "parts", "narrow", "print")}
    return Markup(_environment().get_template("style.css.j2").render(parts))


@lru_cache(maxsize=1)
def _script() -> Markup:
    return Markup("\n".join((_asset("page.js"), _asset("table.js"))))
