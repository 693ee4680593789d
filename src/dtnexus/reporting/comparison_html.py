"""Two runs side by side as one HTML file; style, script and rules of the report (`dtnexus.reporting.html`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

from dtnexus.assessment import Assessment
from dtnexus.framework import Framework
from dtnexus.reporting.comparison import Comparison
from dtnexus.reporting.comparison_text import difference_words, share_words
from dtnexus.reporting.comparison_view import PairView, pair_view, score_bars, shown_pairs
from dtnexus.reporting.html import asset, environment, packed, style
from dtnexus.reporting.wording import OUTCOME
from dtnexus.transcript import Transcript

INLINE = 12
"""Up to so many pairs the page works without JavaScript; of more each is packed until it is opened."""
MOST = 300
"""Pairs that a page shows."""

Paired = Callable[[int], tuple[tuple[Assessment, Assessment], tuple[dict[str, Transcript], dict[str, Transcript]]]]
"""Place of a pair in the comparison -> its assessments and their transcripts."""


def write_comparison(
    found: Comparison, paired: Paired, framework: Framework, path: Path, title: str | None = None
) -> None:
    """Write the page; pairs are read and rendered one at a time."""
    shown = shown_pairs(found.pairs, MOST)
    lazy = len(shown) > INLINE
    env = environment()
    template = env.get_template("compare_pair.html.j2")

    def body(number: int, place: int) -> Markup:
        view: PairView = pair_view(number, *paired(place), framework)
        text = template.render(v=view, language="en")
        return Markup(packed(text) if lazy else text)

    chunks = env.get_template("compare.html.j2").generate(
        title=title or "Two runs side by side",
        found=found,
        framework=framework,
        bars=score_bars(found, framework),
        outcomes=[
            (word, found.first.summary.earned.get(key, 0), found.second.summary.earned.get(key, 0))
            for key, word in OUTCOME.items()
            if key in found.first.summary.earned or key in found.second.summary.earned
        ],
        share_words=share_words,
        difference_words=difference_words,
        lazy=lazy,
        language="en",
        style=Markup(style() + asset("compare.css")),
        script=asset("page.js"),
        pairs=((number, found.pairs[place], body(number, place)) for number, place in enumerate(shown, start=1)),
        shown=len(shown),
    )
    with path.open("w", encoding="utf-8", errors="xmlcharrefreplace", newline="\n") as stream:
        for chunk in chunks:
            stream.write(chunk)
