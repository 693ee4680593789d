"""Other ways through the program: stage by stage, another framework, people's ratings, no network."""

from __future__ import annotations

import json
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

import dtnexus
from dtnexus.assessment import Assessment
from dtnexus.rating import STATEMENT, CoderRef, Episode, Rating, Said
from dtnexus.record import read_jsonl, write_jsonl
from dtnexus.transcript import Transcript
from tests.cli.invented import write_talks
from tests.cli.program import ENTRY, call, contents, run

SMALL = Path(__file__).parents[1] / "catalog" / "small_framework"
NO_NETWORK = """
import socket

class Refusing(socket.socket):
    def __init__(self, *_, **__):
        raise SystemExit("a connection was opened")

socket.socket = Refusing
"""


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_talks(tmp_path_factory.mktemp("talks") / "talks.jsonl", 6)


@pytest.fixture(scope="module")
def whole(talks: Path) -> Path:
    assert call("assess", talks, "-o", talks.parent / "whole", "-q") == (0, "", "")
    return talks.parent / "whole"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_stages_one_by_one_give_the_same_bytes(talks: Path, whole: Path, place: Path) -> None:
    assert call("convert", talks, "-o", "transcripts.jsonl").code == 0
    assert call("code", "transcripts.jsonl", "-o", "ratings.jsonl").code == 0
    decided = call("decide", "-t", "transcripts.jsonl", "-r", "ratings.jsonl", "-o", "assessments.jsonl")
    assert (decided.code, "Decided 6 interactions." in decided.err) == (0, True)
    assert call("report", "assessments.jsonl", "-o", "report.html", "-o", "assessments.csv").code == 0
    expected = contents(whole)
    assert contents(place) == {name: expected[name] for name in contents(place)}


def test_decide_takes_ratings_in_any_order(talks: Path, whole: Path, place: Path) -> None:
    lines = (whole / "ratings.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("odd.jsonl").write_text("".join(reversed(lines[::2])), encoding="utf-8")
    Path("even.jsonl").write_text("".join(lines[1::2]), encoding="utf-8")
    out = call("decide", "-t", whole / "transcripts.jsonl", "-r", "odd.jsonl", "-r", "even.jsonl", "-q").out
    assert out == (whole / "assessments.jsonl").read_text(encoding="utf-8")


def test_decide_refuses_ratings_of_strangers(talks: Path, whole: Path, place: Path) -> None:
    few = write_talks(place / "few.jsonl", 2)
    code, _, err = call("decide", "-t", few, "-r", whole / "ratings.jsonl")
    assert code == 2
    assert "rates 4 interactions that are not among the transcripts, for instance 'talk-002'" in err


@pytest.fixture
def small(place: Path) -> Path:
    """The small invented framework of the catalog's tests, with rules on signals that exist."""
    shutil.copytree(SMALL, place / "small")
    rules = place / "small" / "criteria.yaml"
    text = rules.read_text(encoding="utf-8").replace("signal: feeling", "signal: sincere_distress")
    rules.write_text(text.replace("signal: kindness", "signal: emotional_reaction"), encoding="utf-8")
    return place / "small"


def test_another_framework_goes_all_the_way_without_a_change_of_code(small: Path, talks: Path, place: Path) -> None:
    assert "small-care 2.0: no faults; 4 criteria" in call("framework", "validate", small).out
    ran = call("assess", talks, "-o", "run", "--framework", small)
    assert ran.code == 0
    assessments = list(read_jsonl(place / "run" / "assessments.jsonl", Assessment))
    assert {one.framework for one in assessments} == {"small-care 2.0"}
    assert set(assessments[0].consensus) == {"warmth-1", "warmth-2", "truth-1", "upkeep"}
    report = (place / "run" / "report.html").read_text(encoding="utf-8")
    assert "Kind words" in report
    assert "Small care framework" in report
    assert "A1" not in (place / "run" / "assessments.csv").read_text(encoding="utf-8")
    assert "Kind words" in call("explain", "run", "talk-001", "warmth-1", "--framework", small).out
    assert call("report", "run", "--framework", small).code == 0
    other = call("explain", "run", "talk-001")
    assert (other.code, "use --framework or decide again" in other.err) == (2, True)
    assert call("framework", "diff", "dtn-op", small).code == 1


PERSON = CoderRef(kind="human", name="ann", version="1")


def rating(transcript: Transcript, criterion: str, quote: str | None = None, coder: CoderRef = PERSON) -> Rating:
    words = quote or transcript.turns[1].text
    episode = Episode(
        transcript_id=transcript.id,
        session=0,
        turn=1,
        start=0,
        end=len(words),
        quote=words,
        criterion=criterion,
        score=2,
        expected=2.0,
        confidence=0.9,
    )
    return Rating(
        interaction_id=transcript.id,
        criterion=criterion,
        coder=coder,
        score=2,
        expected=2.0,
        confidence=0.9,
        episodes=(episode,),
    )


def write_ratings(*ratings: Said) -> Path:
    path = Path("people.jsonl")
    with path.open("w", encoding="utf-8") as stream:
        write_jsonl(ratings, stream)
    return path


@pytest.fixture
def rated(whole: Path) -> Transcript:
    return list(read_jsonl(whole / "transcripts.jsonl", Transcript))[2]


def coders_by_interaction(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for said in read_jsonl(folder / "ratings.jsonl", STATEMENT):
        found.setdefault(said.interaction_id, set()).add(said.coder.name)
    return found


def test_people_alone(talks: Path, rated: Transcript, place: Path) -> None:
    people = write_ratings(rating(rated, "B1"), rating(rated, "A1"))
    for _ in range(2):
        assert call("assess", talks, "-o", "run", "-q", "--coder", "none", "--ratings", people) == (0, "", "")
        assert coders_by_interaction(place / "run") == {rated.id: {"ann"}}
    assessments = list(read_jsonl(place / "run" / "assessments.jsonl", Assessment))
    assert len(assessments) == 6
    assert [one.coverage.rated for one in assessments] == [0, 0, 2, 0, 0, 0]


def test_people_beside_a_coder_are_silent_where_they_were_not_asked(
    talks: Path, rated: Transcript, place: Path
) -> None:
    people = write_ratings(rating(rated, "B1"))
    assert call("assess", talks, "-o", "run", "-q", "--ratings", people) == (0, "", "")
    named = coders_by_interaction(place / "run")
    assert named.pop(rated.id) == {"encoder", "ann"}
    assert set(map(frozenset, named.values())) == {frozenset({"encoder"})}


def test_a_wrong_quote_is_told(talks: Path, rated: Transcript, place: Path) -> None:
    people = write_ratings(rating(rated, "B1", "Nobody said that."))
    code, _, err = call("assess", talks, "-o", "run", "-q", "--ratings", people)
    assert code == 3
    assert "not coded: ann: quote not found, in 1 interaction; see the failures in run/ratings.jsonl" in err
    assert "Nobody said" not in err


def test_ratings_by_another_framework_stop_the_run(talks: Path, rated: Transcript, place: Path) -> None:
    people = write_ratings(rating(rated, "warmth-1"))
    for jobs in ("1", "2"):
        code, _, err = call("assess", talks, "-o", f"run-{jobs}", "-q", "--ratings", people, "-j", jobs)
        assert code == 2
        assert "recorded ratings for interaction 'talk-002' name warmth-1; framework 'dtn-op' has A1" in err


def test_ratings_of_other_conversations_are_refused(talks: Path, rated: Transcript, place: Path) -> None:
    people = write_ratings(rating(rated.model_copy(update={"id": "stranger"}), "B1"))
    code, _, err = call("assess", talks, "-o", "run", "-q", "--ratings", people)
    assert code == 2
    assert "coder 'ann' rated none of these 6 interactions; their ids are, for instance, 'talk-000'" in err


def test_changed_ratings_are_another_run(talks: Path, rated: Transcript, place: Path) -> None:
    people = write_ratings(rating(rated, "B1"))
    assert call("assess", talks, "-o", "run", "-q", "--ratings", people).code == 0
    write_ratings(rating(rated, "B1"), rating(rated, "A1"))
    code, _, err = call("assess", talks, "-o", "run", "-q", "--ratings", people)
    assert (code, "holds a run with other settings" in err) == (2, True)


def test_the_way_shown_in_the_package_works_in_a_notebook(talks: Path, whole: Path, place: Path) -> None:
    """The lines of the package's docstring, word for word."""
    (place / "chats").mkdir()
    shutil.copy(talks, place / "chats")
    shown = (dtnexus.__doc__ or "").split("with its stage:\n")[1]
    names: dict[str, object] = {}
    exec(compile(textwrap.dedent(shown), "docstring", "exec"), names)
    assert [one.to_json() for one in names["results"]] == (  # type: ignore[attr-defined]
        (whole / "assessments.jsonl").read_text(encoding="utf-8").splitlines()
    )
    assert (place / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_no_socket_is_opened(jobs: str, talks: Path, whole: Path, tmp_path: Path) -> None:
    assert run("assess", talks, "-o", tmp_path / "run", "-q", "-j", jobs, entry=NO_NETWORK + ENTRY) == (0, "", "")
    assert contents(tmp_path / "run") == contents(whole)


def test_it_works_where_there_is_no_network(talks: Path, whole: Path, tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rn", "true"], check=False).returncode != 0:
        pytest.skip("this system cannot take the network away from a process")
    entry = (
        "import subprocess, sys\n"
        f"command = ['unshare', '-rn', sys.executable, '-c', {json.dumps(ENTRY)}, *sys.argv[1:]]\n"
        "sys.exit(subprocess.run(command).returncode)"
    )
    assert run("assess", talks, "-o", tmp_path / "run", "-q", entry=entry) == (0, "", "")
    assert contents(tmp_path / "run") == contents(whole)
