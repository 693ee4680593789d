from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.rating import Failure, NotObservable
from dtnexus.reporting.html import ReportOptions, packed, report_chunks, write_report
from dtnexus.reporting.lock import LOCKED, VERDICT, Lock
from dtnexus.reporting.markdown import assessment_markdown, rating_markdown

VOID = {"meta", "link", "br", "input"}


class Page(HTMLParser):
    """Tags with their attributes, and text with the tags that it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, bool]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1][0] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        said = any({"data-said", "data-notice"} & set(attributes) for _, attributes in self.open)
        if not any(tag in ("style", "script") for tag, _ in self.open):
            self.texts.append((data, said))

    @property
    def prose(self) -> str:
        return " ".join(text for text, said in self.texts if not said)


def rendered(corpus: Any, **options: Any) -> str:
    chosen = ReportOptions.model_validate(options)
    return "".join(report_chunks(corpus.assessments, corpus.transcripts, corpus.framework, chosen))


def test_the_page_is_as_before(corpus: Any, same_as_golden: Callable[[str, str], None]) -> None:
    same_as_golden("report.html", rendered(corpus))


def test_what_failed_or_was_never_counted_is_said_beside_the_figures(corpus: Any) -> None:
    """No flag and the lowest level prove nothing where nobody could read the conversation."""
    first, *rest = corpus.assessments
    rated = first.ratings["F2"]
    about = {"interaction_id": first.interaction_id, "criterion": "F2", "coder": rated.coder}
    failed = Failure(**about, cause="inconsistent", detail="yes to everything")
    blank = [cue.model_copy(update={"holds": None}) for cue in first.presented_details.cues]
    details = first.presented_details.model_copy(update={"level": 1, "cues": tuple(blank)})
    ratings = {**first.ratings, "F2": failed}
    changed = first.model_copy(update={"ratings": ratings, "presented": 1, "presented_details": details})
    told = (
        "coding failed on a safety-critical criterion.",
        "X1 is only the lowest that it can be there.",
        "Nothing was counted that would show more",
    )
    for assessments, there in (([changed, *rest], True), (corpus.assessments, False)):
        page = Page("".join(report_chunks(assessments, corpus.transcripts, corpus.framework))).prose
        assert [words in page for words in told] == [there] * 3


def test_tags_are_balanced_and_ids_unique(corpus: Any) -> None:
    page = Page(rendered(corpus))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert not page.open
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for tag, a in page.tags if tag == "a" and (a["href"] or "").startswith("#") and a["href"]}
    assert links <= set(ids)


def test_table_headings_have_a_scope(corpus: Any) -> None:
    assert all("scope" in attributes for tag, attributes in Page(rendered(corpus)).tags if tag == "th")


def test_nothing_is_fetched(corpus: Any) -> None:
    text = rendered(corpus)
    for _, attributes in Page(text).tags:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            value = attributes.get(name) or "#"
            assert value.startswith("#") or value == "data:,", value
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|https?://", text)
    assert "default-src 'none'" in text


def test_words_cannot_break_out(attack: Any) -> None:
    text = rendered(attack)
    page = Page(text)
    assert not page.open
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not {"img", "svg", "template"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "\x00" not in text and "\u2400" in text and "\u202e" not in text


def test_words_cannot_break_out_of_a_packed_page(attack: Any) -> None:
    page = Page(rendered(attack, inline_limit=0))
    assert not page.open
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert not {"img", "svg", "template"} & {tag for tag, _ in page.tags}


def test_the_transcript_reads_as_it_was_said(corpus: Any) -> None:
    text = rendered(corpus)
    turns = re.findall(r'<div class="said" dir="auto" data-said>(.*?)</div>', text, re.DOTALL)
    source = next(iter(corpus.transcripts.values()))
    shown = ["".join(t for t, _ in Page(turn).texts) for turn in turns[: len(source.turns)]]
    assert shown == [turn.text for turn in source.turns]


def test_right_to_left_words_choose_their_direction(attack: Any) -> None:
    text = rendered(attack)
    assert 'dir="auto" data-said>\u05e9\u05dc\u05d5\u05dd' in text


def test_packed_bodies_are_the_inline_bodies(corpus: Any) -> None:
    inline = rendered(corpus)
    lazy = rendered(corpus, inline_limit=1)
    islands = re.findall(r'class="island">([^<]+)<', lazy)
    assert len(islands) == 2
    for island in islands:
        assert zlib.decompress(base64.b64decode(island)).decode() in inline
    assert zlib.decompress(base64.b64decode(packed("\u05e9"))).decode() == "\u05e9"


def test_no_word_is_printed_that_was_not_earned(corpus: Any) -> None:
    prose = Page(rendered(corpus)).prose
    assert not LOCKED.search(prose), LOCKED.search(prose)
    assert not VERDICT.search(prose), VERDICT.search(prose)
    assert "Functional parallel: withheld" in prose
    assert not re.search(r"\bis (a )?level\b", prose)
    for made in corpus.assessments:
        text = assessment_markdown(made, corpus.transcripts, corpus.framework)
        assert not LOCKED.search(text.replace(corpus.framework.disclaimer, ""))


def test_the_lock_opens_for_nothing_but_the_highest_level() -> None:
    assert Lock().prose("A bond, safe.") == "A [word withheld], [word withheld]."
    assert Lock(opened=True).prose("An alliance, safe.") == "An alliance, [word withheld]."
    assert Lock().sentences("A tool. The client may feel a bond.") == "A tool."
    assert Lock().sentences("Rapport.", "none") == "none"


def test_an_earned_level_3_opens_its_own_section_only(corpus: Any) -> None:
    made = corpus.assessments[0]
    earned = {"outcome": "level_3", "shown": 3, "ceiling": 3, "failing": [], "missing": [], "would_change": []}
    statement = "Alliance-parallel indicators were observed for this dyad, window and version."
    parallel = {"earned": earned, "statement": statement, "indicators": {"A1": 3}, "client_report": "not measured"}
    opened = Assessment.model_validate(
        {
            **made.model_dump(),
            "earned": earned,
            "alliance_parallel": parallel,
            "alliance_withheld_because": None,
            "gap": {"low": -1, "high": -1},
        }
    )
    chunks = report_chunks((opened, corpus.assessments[1]), corpus.transcripts, corpus.framework)
    page = Page("".join(chunks))
    first, second = page.prose.index("Three results stand"), page.prose.rindex("Why")
    assert statement in page.prose[first:second]
    assert not LOCKED.search(page.prose[:first]) and not LOCKED.search(page.prose[second:])


def test_passages_too_few_to_rate_carry_no_score(corpus: Any) -> None:
    made = corpus.assessments[0]
    rating = made.ratings["D2"]
    unsure = NotObservable(
        interaction_id=rating.interaction_id,
        criterion="D2",
        coder=rating.coder,
        reason="too few",
        episodes=rating.episodes,
    )
    changed = made.model_copy(update={"ratings": {**made.ratings, "D2": unsure}})
    text = "".join(report_chunks((changed,), corpus.transcripts, corpus.framework))
    assert "D2\u00b71" not in text and "D2 \u00b7 1" not in text
    markdown = rating_markdown(changed, "D2", corpus.framework)
    assert "**1**" not in markdown and "not rated" in markdown


@pytest.mark.parametrize("inline_limit", [0, 50])
def test_a_missing_transcript_is_said(corpus: Any, tmp_path: Path, inline_limit: int) -> None:
    path = tmp_path / "report.html"
    options = ReportOptions(inline_limit=inline_limit)
    write_report(corpus.assessments, {}, corpus.framework, path, options)
    assert "not at hand for this report" in path.read_text(encoding="utf-8")


def test_a_quote_that_differs_is_said_and_not_marked(corpus: Any) -> None:
    source = next(iter(corpus.transcripts.values()))
    other = source.model_copy(
        update={"turns": tuple(t.model_copy(update={"text": t.text.upper()}) for t in source.turns)}
    )
    text = "".join(report_chunks(corpus.assessments[:1], {source.id: other}, corpus.framework))
    assert "differs from the one that was coded" in text and "<mark" not in text


def test_an_empty_corpus_gives_a_page(corpus: Any) -> None:
    page = Page("".join(report_chunks((), {}, corpus.framework)))
    assert not page.open


def test_the_shipped_framework_can_be_printed(corpus: Any) -> None:
    shipped = load_framework("dtn-op")
    page = Page("".join(report_chunks(corpus.assessments, corpus.transcripts, shipped)))
    assert not page.open
    assert not LOCKED.search(page.prose), LOCKED.search(page.prose)
    assert not VERDICT.search(page.prose), VERDICT.search(page.prose)


def test_markdown_is_as_before(corpus: Any, same_as_golden: Callable[[str, str], None]) -> None:
    made = corpus.assessments[0]
    same_as_golden("assessment.md", assessment_markdown(made, corpus.transcripts, corpus.framework))
    same_as_golden("rating.md", rating_markdown(made, "D2", corpus.framework))


def test_markdown_leaves_words_out_when_asked(corpus: Any) -> None:
    assert "understand you better" not in assessment_markdown(
        corpus.assessments[0], corpus.transcripts, corpus.framework, quotes=0
    )


def test_markdown_escapes_what_was_said(attack: Any) -> None:
    text = assessment_markdown(attack.assessments[0], attack.transcripts, attack.framework)
    assert "\\<script\\>" in text and not re.search(r"(?<!\\)<script", text)
