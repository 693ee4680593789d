"""The long form in and out, wide tables, episodes, de-identification by rules, and the archive for publication."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dtnexus.agreement.reading import read_ratings
from dtnexus.errors import InputError
from dtnexus.exchanging.cells import guarded, unguarded
from dtnexus.exchanging.deidentifying import Cleaner, Digests
from dtnexus.exchanging.entry import Refusal
from dtnexus.exchanging.long_table import long_rows, read_long
from dtnexus.exchanging.publication import Material, archive_files, hide
from dtnexus.exchanging.records import Terms, records
from dtnexus.exchanging.tables import EPISODES, LONG, WORDS, episode_rows, wide_columns, wide_rows, write_table
from dtnexus.rating import Rating
from tests.exchanging.material import framework, statements, talk

TALKS = {talk().id: talk()}
SALT = Digests(b"0123456789abcdef")

# --- long tables in -------------------------------------------------------------------------------------------------

TABLE = f"""interaction;coder;criterion;score;session;turn;quote;confidence;why
{talk().id};coder-a;F1;3;0;1;I am a program;0.8;plain
{talk().id};coder-a;F1;3;1;1;;0.8;plain
{talk().id};coder-a;G1;NO;;;;;
{talk().id};coder-a;C2;not applicable;;;;;
{talk().id};coder-a;B1;;;;;;
{talk().id};coder-b;F1;4;;;;0.9;
{talk().id};coder-b;G1;2;0;0;;;
"""


def test_a_long_table_becomes_records_where_it_names_evidence() -> None:
    entries = read_long("r.csv", TABLE, TALKS).entries
    made = list(records(entries, Terms(framework(), TALKS)))
    assert [getattr(one, "kind", "refused") for one in made] == [
        "rating",
        "not_observable",
        "not_applicable",
        "refused",
        "refused",
    ]
    assert isinstance(made[0], Rating)
    assert [episode.quote for episode in made[0].episodes] == ["I am a program", "I keep it to myself, Pat."]
    assert (made[0].confidence, made[0].why) == (0.8, "plain")
    told = [str(one) for one in made if isinstance(one, Refusal)]
    assert told[0].startswith("r.csv:7: a score without words as evidence")
    assert told[1].startswith("r.csv:8: a score without confidence")


def test_a_confidence_for_all_may_be_stated() -> None:
    entries = read_long("r.csv", TABLE, TALKS).entries
    made = list(records(entries, Terms(framework(), TALKS, confidence=0.5, adjudicators=("coder-b",))))
    assert isinstance(made[4], Rating)
    assert (made[4].confidence, made[4].coder.kind) == (0.5, "adjudicator")
    assert isinstance(made[0], Rating) and made[0].confidence == 0.8


HEAD = "interaction,coder,criterion,score,turn,confidence,quote,kind"
FAULTS = {
    "coder,criterion,score\na,F1,3": ":1: has no column 'interaction'",
    "interaction,coder,score\ni,a,3": ":1: has no column 'criterion'",
    f"{HEAD}\n{talk().id},a,F1,7,,,,": ":2: column 'score' has '7'; wanted: 0 to 4, NO",
    f"{HEAD}\n{talk().id},a,F1,3,99,,,": ":2: column 'turn' has '99'",
    f"{HEAD}\n{talk().id},a,F1,3,x,,,": ":2: column 'turn' has 'x'; wanted: a whole number",
    f"{HEAD}\n{talk().id},a,F1,3,1,2,,": ":2: column 'confidence' has '2'",
    f"{HEAD}\n{talk().id},a,F1,3,1,,never said,": ":2: the quote is not in that turn",
    f"{HEAD}\n{talk().id},a,F1,3,1,,,boss": ":2: column 'kind' has 'boss'",
    f"{HEAD}\n{talk().id},,F1,3,1,,,": ":2: column 'coder' has ''",
    f"{HEAD}\n{talk().id},a,F1,3,1,,,\n{talk().id},a,F1,2,0,,,": ":3: coder 'a' says something else on 'F1'",
    f"{HEAD}\n{talk().id},a,F1": ":2: 3 cells; wanted: 8",
}


@pytest.mark.parametrize(("text", "told"), FAULTS.items())
def test_tables_that_cannot_be_read(text: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        read_long("r.csv", text, TALKS)
    assert f"r.csv{told}" in str(refused.value)


# --- tables out -----------------------------------------------------------------------------------------------------


def test_what_we_write_as_long_form_agree_reads(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    assert write_table(path, "csv", LONG, list(long_rows(statements()))) == 3
    read = read_ratings(path)
    assert [(a.interaction, a.coder, a.criterion, a.score) for a in read.answers] == [
        (talk().id, "coder-a", "F1", 3),
        (talk().id, "coder-a", "G1", None),
    ]
    assert read.left_out == {"not applicable": 1}
    again = read_long("long.csv", path.read_text(encoding="utf-8"), TALKS).entries
    assert [entry.answer for entry in again] == [3, "not observable", "not applicable"]


def test_wide_tables_keep_the_kinds_of_answers_apart(tmp_path: Path) -> None:
    path = tmp_path / "wide.parquet"
    assert write_table(path, "parquet", wide_columns(framework()), list(wide_rows(statements()))) == 1
    (row,) = pq.read_table(path).to_pylist()
    assert (row["F1_kind"], row["F1_score"]) == ("rating", 3)
    assert (row["G1_kind"], row["G1_score"]) == ("not_observable", None)
    assert (row["B1_kind"], row["B1_score"]) == (None, None), "a failure is no answer"


def test_episodes_have_words_only_where_asked_for_and_no_cell_runs(tmp_path: Path) -> None:
    plain, full = tmp_path / "plain.csv", tmp_path / "full.csv"
    write_table(plain, "csv", EPISODES, list(episode_rows(statements())))
    write_table(full, "csv", {**EPISODES, **WORDS}, list(episode_rows(statements())))
    assert "SUM" not in plain.read_text(encoding="utf-8")
    (row,) = csv.DictReader(io.StringIO(full.read_text(encoding="utf-8")))
    assert row["quote"] == "'=SUM(A1)"
    assert (row["transcript"], row["session"], row["start"], row["end"]) == ("talk-1", "1", "0", "8")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1", "plain", "", "'quoted"])
def test_guarded_cells_never_begin_as_formulas_and_come_back(text: str) -> None:
    cell = guarded(text)
    assert isinstance(cell, str)
    assert cell.lstrip(" ")[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert unguarded(cell) == text


def test_numbers_are_no_text() -> None:
    assert guarded(-1) == -1


# --- de-identification ----------------------------------------------------------------------------------------------

FOUND = [
    ("write to pat.x@example.org now", "write to [email] now"),
    ("pat (at) example.org", "[email]"),
    ("see https://example.org/a?b=1 or www.example.org/me", "see [url] or [url]"),
    ("call +44 20 7946 0000 or (030) 123-4567", "call [phone] or [phone]"),
    ("born on 3 May 1988, or 03/05/1988, or 1988-05-03", "born on [date], or [date], or [date]"),
    ("May 3rd, 1988 and born in 1988", "[date] and born in [date]"),
    ("my number is 943476591", "my number is [number]"),
    ("record AB12345678", "record [number]"),
    ("Pat Example and pat met at Hill House", "[name] and [name] met at [name]"),
]
KEPT = [
    "open from 9.00 to 13.00 on 24 days, 100 units, .60, 3/4 of it, 1988 was fine",
    "the chance is 1 in 10 000 and it costs 12,50",
    "Patience and patent are no names",
    "we met in May and it was 2 degrees",
]


@pytest.mark.parametrize(("text", "cleaned"), FOUND)
def test_what_has_a_form_or_is_listed_is_taken_out(text: str, cleaned: str) -> None:
    assert Cleaner(("Pat", "Pat Example", "Hill House")).clean(text).text == cleaned


@pytest.mark.parametrize("text", KEPT)
def test_what_points_to_nobody_is_kept(text: str) -> None:
    cleaner = Cleaner(("Pat",))
    assert cleaner.clean(text).text == text
    assert not cleaner.counts


def test_finds_are_counted_and_places_move_along() -> None:
    cleaner = Cleaner(("Pat",))
    text = "Pat, write to pat@example.org and say hello"
    cleaned = cleaner.clean(text)
    assert cleaner.counts == {"name": 1, "email": 1}
    for words in ("write to", "say hello"):
        start, end = cleaned.moved(text.index(words), text.index(words) + len(words))
        assert cleaned.text[start:end] == words
    start, end = cleaned.moved(text.index("to pat"), text.index("to pat") + 6)
    assert cleaned.text[start:end] == "to [email]", "a span that cuts into a find takes all that replaced it"


def test_digests_depend_on_the_salt_and_the_kind() -> None:
    assert SALT.of("coder", "ann") == SALT.of("coder", "ann")
    others = {Digests(b"another salt 123").of("coder", "ann"), SALT.of("client", "ann"), SALT.of("coder", "ben")}
    assert SALT.of("coder", "ann") not in others
    assert SALT.of("coder", "ann").startswith("coder-")


# --- the archive ----------------------------------------------------------------------------------------------------

SECRETS = ("coder-a", "client-7", "talk-0", "talk-1", "pat@example.org", "Pat")


def archived(with_text: bool) -> dict[str, str]:
    material = Material(statements(), framework(), [talk()], with_text)
    hidden = hide(material, Cleaner(("Pat",)), SALT)
    return archive_files(material, hidden, {"agreement.txt": "none\n"}, 1)


@pytest.mark.parametrize("with_text", [False, True])
def test_nothing_that_names_anybody_is_in_the_archive(with_text: bool) -> None:
    for name, text in archived(with_text).items():
        assert not [secret for secret in SECRETS if secret in text], name


def test_words_are_in_only_where_asked_for() -> None:
    plain, full = archived(False), archived(True)
    assert "transcripts.jsonl" not in plain
    assert "program" not in plain["episodes.csv"] + plain["ratings.csv"] and "quote" not in plain["episodes.csv"]
    assert "I am a program" in full["transcripts.jsonl"]
    assert "write to [email]" in full["transcripts.jsonl"]
    (row,) = csv.DictReader(io.StringIO(full["episodes.csv"]))
    assert (row["quote"], row["why"]) == ("'=SUM(A1)", "written to [email]")


def test_the_archive_says_what_it_is_and_what_it_is_not() -> None:
    files = archived(True)
    assert "LICENCE: fill in" in files["README.md"]
    assert "is no guarantee" in files["README.md"] and "must read a sample" in files["README.md"]
    told = json.loads(files["de-identification.json"])
    assert told["replaced"] == {"email": 2, "name": 2}
    assert told["names_listed"] == 1
    described = {(row["file"], row["column"]) for row in csv.DictReader(io.StringIO(files["data-dictionary.csv"]))}
    for name in ("ratings.csv", "episodes.csv"):
        columns = next(csv.reader(io.StringIO(files[name])))
        assert {(name, column) for column in columns} <= described
