"""`admit` and `ratings` as a user meets them, and what an admission changes on the way from files to a report."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest

from dtnexus.admission import Admission
from dtnexus.assessment import Assessment
from dtnexus.rating import STATEMENT, CoderRef, Rating
from dtnexus.record import read_jsonl, write_jsonl
from dtnexus.transcript import Transcript
from tests.cli.invented import write_talks
from tests.cli.program import call

DATE = ("--date", "2026-11-25")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which the embedded coder rated."""
    root = tmp_path_factory.mktemp("admit")
    talks = write_talks(root / "talks.jsonl", 4)
    assert call("assess", talks, "--language", "en", "-o", root / "run", "-q") == (0, "", "")
    return root / "run"


@pytest.fixture(scope="module")
def encoder(run: Path) -> CoderRef:
    return next(said.coder for said in read_jsonl(run / "ratings.jsonl", STATEMENT))


@pytest.fixture(scope="module")
def rated(run: Path) -> Rating:
    """Something that the embedded coder rated."""
    return next(said for said in read_jsonl(run / "ratings.jsonl", STATEMENT) if isinstance(said, Rating))


@pytest.fixture(scope="module")
def study(run: Path, encoder: CoderRef, rated: Rating) -> tuple[Path, Path]:
    """Ratings of 120 invented interactions by two people (a table) and by the machine (records)."""
    people, machine = run.parent / "people.csv", run.parent / "machine.jsonl"
    lines, said = ["unit,coder,kind,criterion,score"], []
    for at in range(120):
        score = at % 5
        lines += [f"x{at},{who},human,{rated.criterion},{score}" for who in ("coder-a", "coder-b")]
        update = {"interaction_id": f"x{at}", "score": score, "expected": float(score), "coder": encoder}
        said.append(rated.model_copy(update=update))
    people.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with machine.open("w", encoding="utf-8") as stream:
        write_jsonl(said, stream)
    return people, machine


@pytest.fixture(scope="module")
def admitted(study: tuple[Path, Path]) -> Path:
    out = study[0].parent / "admissions.jsonl"
    done = call("admit", *study, "--coder", "encoder", *DATE, "--language", "en", "--draws", "50", "-o", out)
    assert done.code == 0, done.err
    assert "People: coder-a, coder-b." in done.err
    return out


def test_an_admission_names_who_how_and_from_what(
    admitted: Path, study: tuple[Path, Path], encoder: CoderRef, rated: Rating
) -> None:
    (one,) = read_jsonl(admitted, Admission)
    assert (one.criterion, one.coder, one.language, one.units) == (rated.criterion, encoder, "en", 120)
    assert str(one.decided_on) == "2026-11-25"
    assert set(one.sources) == {path.name for path in study}
    assert one.verdict == ("undecided" if one.star else "admitted")


def person(rated: Rating) -> Rating:
    coder = CoderRef(kind="human", name="coder-a", version="dtn-op@0.1")
    return rated.model_copy(update={"coder": coder})


def test_reports_say_where_a_machine_is_second_rater_and_where_it_is_not(
    run: Path, admitted: Path, rated: Rating, tmp_path: Path
) -> None:
    people = tmp_path / "people.jsonl"
    with people.open("w", encoding="utf-8") as stream:
        write_jsonl([person(rated)], stream)
    common = (run / "transcripts.jsonl", "--ratings", people)
    assert call("assess", *common, "-o", tmp_path / "with", "--admissions", admitted, "-q").code == 0
    assert call("assess", *common, "-o", tmp_path / "without", "-q").code == 0
    found = {name: of_interaction(tmp_path / name, rated) for name in ("with", "without")}
    assert found["without"].consensus[rated.criterion].second_raters == ()
    assert found["without"].machine_roles == ()
    (one,) = read_jsonl(admitted, Admission)
    wanted = ("encoder",) if one.verdict == "admitted" else ()
    assert found["with"].consensus[rated.criterion].second_raters == wanted
    told = call("explain", tmp_path / "with", rated.interaction_id, rated.criterion).out
    assert ("encoder counts as second rater: admitted" in told) == bool(wanted)
    told = call("explain", tmp_path / "without", rated.interaction_id, rated.criterion).out
    assert "encoder: screening only, no admission was given" in told
    with (tmp_path / "with" / "assessments.csv").open(encoding="utf-8") as stream:
        row = next(row for row in csv.DictReader(stream) if row["interaction_id"] == rated.interaction_id)
    assert row["machine_second_rater"] == (rated.criterion if wanted else "")
    assert rated.criterion not in row["machine_screening_only"].split(";")
    assert "by machine only, screening" in (tmp_path / "without" / "report.html").read_text(encoding="utf-8")


def of_interaction(folder: Path, rated: Rating) -> Assessment:
    assessments = read_jsonl(folder / "assessments.jsonl", Assessment)
    return next(each for each in assessments if each.interaction_id == rated.interaction_id)


def test_decide_and_code_read_admissions(run: Path, admitted: Path, rated: Rating, tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "assessments.jsonl"
    with people.open("w", encoding="utf-8") as stream:
        write_jsonl([person(rated)], stream)
    files = ("-t", run / "transcripts.jsonl", "-r", run / "ratings.jsonl", "-r", people)
    assert call("decide", *files, "--admissions", admitted, "-o", out, "-q").code == 0
    made = {each.interaction_id: each for each in read_jsonl(out, Assessment)}
    assert len(made[rated.interaction_id].machine_roles) == 1
    coded = call("code", run / "transcripts.jsonl", "--admissions", admitted, "-o", tmp_path / "r.jsonl")
    assert "encoder 1 in English (en): admitted as second rater on" in coded.err


def test_another_set_of_admissions_is_another_run(run: Path, admitted: Path, tmp_path: Path) -> None:
    talks = run / "transcripts.jsonl"
    assert call("assess", talks, "-o", tmp_path / "r", "-q").code == 0
    again = call("assess", talks, "-o", tmp_path / "r", "--admissions", admitted, "-q")
    assert again.code == 2
    assert "holds a run with other settings" in again.err


WRONG = [
    (("--coder", "encoder"), "Missing option '--date'"),
    (("--coder", "encoder", "--date", "yesterday"), "--date 'yesterday': a date is wanted"),
    (("--coder", "nobody", *DATE), "--coder nobody: rated nothing here; there are coder-a, coder-b, encoder"),
    (("--coder", "coder-a", *DATE), "--coder coder-a: is a person"),
    (("--coder", "encoder", *DATE), "the language of 120 interactions is not known, for instance of 'x0'"),
    (("--coder", "encoder", *DATE, "--language", "unknown"), "names no language"),
    (("--coder", "encoder", *DATE, "--coder-version", "99"), "rated nothing here in version 99"),
]


@pytest.mark.parametrize(("options", "told"), WRONG)
def test_wrong_calls_of_admit(options: tuple[str, ...], told: str, study: tuple[Path, Path]) -> None:
    done = call("admit", *study, *options)
    assert done.code == 2
    assert told in " ".join(done.err.split())


def test_a_table_must_be_told_which_version_rated(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("unit,coder,criterion,score\nu,ann,B1,3\nu,ben,B1,3\nu,gpt,B1,3\n", encoding="utf-8")
    common = ("admit", path, "--coder", "gpt", *DATE, "--language", "en")
    assert "give --coder-kind" in call(*common).err
    assert "give --coder-version" in call(*common, "--coder-kind", "judge").err
    done = call(*common, "--coder-kind", "judge", "--coder-version", "2", "--detail", "prompts=ab", "--draws", "0")
    assert done.code == 0
    assert "gpt 2 (judge; prompts ab)" in done.out
    assert "1 units, needs 100: 99 more" in done.out


def test_files_that_hold_no_admissions(run: Path, admitted: Path, tmp_path: Path) -> None:
    (line,) = admitted.read_text(encoding="utf-8").splitlines()
    edited = json.dumps({**json.loads(line), "verdict": "refused"})
    for text, told in (
        ("", "holds no admission"),
        ("{}\n", "field 'framework'"),
        (f"{line}\n{line}\n", "a second admission of encoder"),
        (edited, "the verdict does not follow from the figures"),
    ):
        path = tmp_path / "a.jsonl"
        path.write_text(text, encoding="utf-8")
        done = call("assess", run / "transcripts.jsonl", "-o", tmp_path / "out", "--admissions", path)
        assert (done.code, told in done.err) == (2, True), done.err
        assert not (tmp_path / "out").exists()


# --- ratings --------------------------------------------------------------------------------------------------------


def test_a_potato_project_and_its_answers_come_full_circle(run: Path, tmp_path: Path) -> None:
    talks, project, people = run / "transcripts.jsonl", tmp_path / "potato", tmp_path / "people.jsonl"
    assert call("ratings", "potato", talks, "-o", project, "--title", "Study").code == 0
    assert set(contents_deep(project)) == {"README.md", "codebook.html", "config.yaml", "data/interactions.jsonl"}
    again = call("ratings", "potato", talks, "-o", project)
    assert (again.code, "something stands there" in again.err) == (2, True)
    first = next(read_jsonl(talks, Transcript))
    item = json.loads((project / "data" / "interactions.jsonl").read_text(encoding="utf-8").splitlines()[0])
    said = next(turn for turn in first.turns if turn.role == "agent").text
    start = item["text"].index(said)
    state = {
        "user_id": "coder-a",
        "instance_id_to_label_to_value": {
            item["id"]: [[{"schema": "B1", "name": "2"}, "2"], [{"schema": "how-sure", "name": "sure"}, "sure"]]
        },
        "instance_id_to_span_to_value": {
            item["id"]: [
                [{"schema": "evidence-words", "name": "B1", "start": start, "end": start + len(said)}, 1],
            ]
        },
    }
    (project / "annotation_output" / "coder-a").mkdir(parents=True)
    (project / "annotation_output" / "coder-a" / "user_state.json").write_text(json.dumps(state), encoding="utf-8")
    done = call("ratings", "import", project, "--from", "potato", "-t", talks, "-o", people)
    assert done.code == 0, done.err
    (rating,) = read_jsonl(people, STATEMENT)
    assert isinstance(rating, Rating)
    assert rating.episodes[0].quote == said
    out = tmp_path / "out"
    assert call("assess", talks, "--coder", "none", "--ratings", people, "-o", out, "-q").code == 0


def contents_deep(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def test_what_cannot_become_a_record_is_told_and_ends_with_3(run: Path, tmp_path: Path) -> None:
    first = next(read_jsonl(run / "transcripts.jsonl", Transcript))
    table, out, long = tmp_path / "r.csv", tmp_path / "r.jsonl", tmp_path / "long.csv"
    table.write_text(
        f"unit,coder,criterion,score\n{first.id},coder-a,B1,2\n{first.id},coder-a,G1,NO\n", encoding="utf-8"
    )
    done = call("ratings", "import", table, "--from", "csv", "-t", run / "transcripts.jsonl", "-o", out, "--long", long)
    assert done.code == 3
    assert "no record:" in done.err and "a score without confidence" in done.err
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1
    assert call("agree", long, "--draws", "0").code == 0
    assert call("ratings", "import", table, "--from", "csv", "--long", long).code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import", "x.csv", "--from", "csv"), "nothing is to be written"),
        (("import", "x.csv", "--from", "csv", "-o", "y"), "give them with --transcripts"),
        (("import", "x.csv", "--from", "csv", "--long", "y.xls"), "one of .csv, .jsonl, .parquet is wanted"),
        (("import", "x.csv", "--from", "csv", "--long", "y.csv"), "x.csv: cannot be read"),
        (("export", "x.jsonl", "-o", "y.csv", "--words"), "goes with --what episodes"),
        (("archive", "x.jsonl", "-o", "y.zip", "--with-text"), "give the conversations with --transcripts"),
    ],
)
def test_wrong_calls_of_ratings(arguments: tuple[str, ...], told: str) -> None:
    done = call("ratings", *arguments)
    assert done.code == 2
    assert told in done.err


def test_tables_and_the_archive(run: Path, tmp_path: Path) -> None:
    ratings = run / "ratings.jsonl"
    for what, name in (("long", "a.csv"), ("wide", "b.parquet"), ("episodes", "c.jsonl")):
        assert call("ratings", "export", ratings, "-o", tmp_path / name, "--what", what).code == 0
        assert (tmp_path / name).stat().st_size > 100
    salt = tmp_path / "salt"
    salt.write_text("short", encoding="utf-8")
    wrong = call("ratings", "archive", ratings, "-o", tmp_path / "a.zip", "--salt-file", salt)
    assert (wrong.code, "at least 16 are wanted" in wrong.err) == (2, True)
    salt.write_text("a secret that nobody guesses", encoding="utf-8")
    for name in ("a.zip", "b.zip"):
        assert call("ratings", "archive", ratings, "-o", tmp_path / name, "--salt-file", salt).code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with_text = call(
        "ratings", "archive", ratings, "-t", run / "transcripts.jsonl", "--with-text", "-o", tmp_path / "c.zip", "-q"
    )
    assert "is no guarantee" in with_text.err, "said even when quiet"
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        assert "transcripts.jsonl" in archive.namelist()
        first = next(read_jsonl(run / "transcripts.jsonl", Transcript))
        assert first.id not in archive.read("ratings.csv").decode()
