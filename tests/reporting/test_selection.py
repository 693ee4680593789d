"""A report of very many interactions counts all and shows a stated selection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dtnexus.reporting.flag_store import FlagStore
from dtnexus.reporting.html import Overview, report_chunks
from dtnexus.reporting.selection import Selection
from dtnexus.reporting.summary import CorpusTally, sessions_in, summarise, write_summary
from tests.reporting.test_html import Page, rendered


class One:
    """As much of an assessment as a selection looks at."""

    def __init__(self, presented: int) -> None:
        self.presented = presented


@pytest.mark.parametrize(
    ("levels", "flagged", "limit", "chosen"),
    [
        ((1, 1, 2), "", 3, (2, 0, 1)),
        ((1, 2, 3, 1), "", 3, (2, 1, 0)),
        ((1, 1, 1, 1, 1), "34", 3, (3, 4, 0)),
        ((1, 1, 1, 1, 1, 3), "0123", 4, (0, 1, 5, 4)),
        ((2, 2, 2), "012", 2, (0, 1)),
        ((), "", 2, ()),
    ],
    ids=["all", "levels in turn", "flags first", "flags for half of the places", "flags only", "none"],
)
def test_flags_come_first_then_each_level(levels: Any, flagged: str, limit: int, chosen: tuple[int, ...]) -> None:
    selection = Selection(limit)
    for place, level in enumerate(levels):
        selection.add(One(level), str(place) in flagged)  # type: ignore[arg-type]
    assert selection.chosen() == chosen
    assert selection.complete == (len(levels) <= limit)


def test_a_selection_counts_all_and_says_what_it_shows(make_corpus: Any) -> None:
    corpus = make_corpus(60)
    whole, part = Page(rendered(corpus)), Page(rendered(corpus, full_limit=7))
    shown = [a["data-id"] for tag, a in part.tags if tag == "details" and "data-id" in a]
    assert len(shown) == 7
    assert len([a for tag, a in part.tags if tag == "tr" and "data-for" in a]) == 7
    assert "counts all 60 interactions and shows 7 of them in full" in part.prose
    assert "shows" not in whole.prose or "of them in full" not in whole.prose
    figures = ("60 interactions", "60 transcripts")
    assert all(figure in " ".join(page.prose.split()) for page in (whole, part) for figure in figures)
    links = {a["href"] for tag, a in part.tags if tag == "a" and (a["href"] or "").startswith("#i")}
    assert {f"#{a['id']}" for tag, a in part.tags if tag == "details" and "data-id" in a} <= links | {"#index"}
    assert "".join(rendered(corpus, full_limit=7)) == "".join(rendered(corpus, full_limit=7))


def test_what_has_no_room_is_left_out_and_the_page_says_how_many_are_shown(make_corpus: Any) -> None:
    corpus = make_corpus(60)
    page = rendered(corpus, full_limit=50, room=30_000)
    shown = page.count('class="island"')
    assert 0 < shown < 50
    assert f"shows {shown} of them in full" in page
    assert sum(len(line) for line in page.splitlines() if 'class="island"' in line) < 40_000


def test_an_overview_that_was_gathered_before_gives_the_same_page(make_corpus: Any) -> None:
    corpus = make_corpus(3)
    overview = Overview(corpus.framework, sessions_in(corpus.transcripts))
    for assessment in corpus.assessments:
        overview.add(assessment)
    chunks = report_chunks(corpus.assessments, corpus.transcripts, corpus.framework, overview=overview)
    assert "".join(chunks) == rendered(corpus)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_summary_with_stored_flags_has_the_same_bytes(make_corpus: Any, count: int, tmp_path: Path) -> None:
    corpus = make_corpus(count)
    write_summary(summarise(corpus.assessments, corpus.transcripts, corpus.framework), tmp_path / "held.json")
    tally, store = CorpusTally(corpus.framework, sessions_in(corpus.transcripts)), FlagStore()
    for assessment in corpus.assessments:
        store.add(tally.add(assessment))
    store.write_summary(tally.summary((), {}, ()), tmp_path / "stored.json")
    assert (tmp_path / "stored.json").read_bytes() == (tmp_path / "held.json").read_bytes()
