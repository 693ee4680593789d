"""What the commands stand on: the ratings log, one item of work, many items, suggestions, findings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.errors import DtnexusError, InputError, UsageError
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef, Failure, NotObservable, Said
from dtnexus.reporting.html import piece
from dtnexus.running import local
from dtnexus.running.archive import Archive, Parcel
from dtnexus.running.deciding_files import paired
from dtnexus.running.demo import EXAMPLES
from dtnexus.running.hands import Case, Coded, CoderFactory, Hands, Sheet, failures_of
from dtnexus.running.local import Crew, processes
from dtnexus.running.ratings_log import RatingsLog, RawBlock, read_blocks
from dtnexus.running.suggesting import did_you_mean
from dtnexus.running.work import code_one
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn

REF = CoderRef(kind="judge", name="faulty", version="1")


def interaction(name: str, words: str = "I feel low.") -> Interaction:
    agent = Agent(id="bot", kind="digital")
    turns = (Turn(index=0, role=Role.CLIENT, text=words), Turn(index=1, role=Role.AGENT, text="Oh."))
    session = Transcript(id=name, turns=turns, agent=agent)
    return Interaction(id=name, agent=agent, client_id=None, sessions=(session,))


def silent(about: str, criterion: str = "A1") -> NotObservable:
    return NotObservable(interaction_id=about, criterion=criterion, coder=REF, reason="nothing arose")


class FaultyCoder:
    """Fails on conversations whose words name an error, in that way."""

    ref = REF

    def code(self, interaction: Interaction, framework: Framework) -> tuple[Said, ...]:
        words = interaction.sessions[0].turns[0].text
        errors = {"value": ValueError, "memory": MemoryError, "disk": OSError, "usage": UsageError, "end": SystemExit}
        if words in errors:
            raise errors[words](f"secret words of the client: {words}")
        return (silent(interaction.id),)


def faulty_coders() -> Sequence[Coder]:
    return (FaultyCoder(),)


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework("dtn-op")


def test_an_items_fault_becomes_a_failure_for_every_criterion_and_tells_no_words(framework: Framework) -> None:
    said = code_one(interaction("one", "value"), faulty_coders(), framework)
    assert [one.criterion for one in said if isinstance(one, Failure)] == [each.id for each in framework.criteria]
    assert {one.detail.split()[0] for one in said if isinstance(one, Failure)} == {"ValueError"}
    assert "secret" not in repr(said)


@pytest.mark.parametrize(
    ("words", "error"), [("memory", MemoryError), ("disk", OSError), ("usage", UsageError), ("end", SystemExit)]
)
def test_the_machines_and_the_callers_faults_stop_the_run(
    words: str, error: type[BaseException], framework: Framework
) -> None:
    with pytest.raises(error):
        code_one(interaction("one", words), faulty_coders(), framework)


def parcel(one: Interaction) -> Parcel:
    return Parcel(one.id, tuple(session.to_json().encode() for session in one.sessions))


def coded_by(make: CoderFactory, items: Sequence[Interaction], framework: Framework, jobs: int) -> list[Coded]:
    with Crew(Hands(make, framework), jobs) as crew:
        return list(crew.code(map(parcel, items)))


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_items_come_in_order_and_one_fault_stops_no_other(jobs: int, framework: Framework) -> None:
    items = [interaction(f"i{number}", "value" if number == 5 else "fine") for number in range(20)]
    coded = coded_by(faulty_coders, items, framework, jobs)
    assert [one.interaction_id for one in coded] == [one.id for one in items]
    assert [one.interaction_id for one in coded if '"failure"' in one.lines] == ["i5"]


def test_deciding_is_shared_and_comes_in_order(framework: Framework) -> None:
    items = [parcel(interaction(f"i{number}")) for number in range(20)]
    decided = []
    for jobs in (1, 2):
        with Crew(Hands(faulty_coders, framework, fail_on=("flag",)), jobs) as crew:
            decided.append(list(crew.decide(Case(item, None) for item in items)))
    assert decided[0] == decided[1]
    assert [json.loads(one.line)["interaction_id"] for one in decided[0]] == [one.interaction_id for one in items]


def test_rendering_is_shared_and_gives_the_pieces_that_one_process_renders(framework: Framework) -> None:
    items = [parcel(interaction(f"i{number}")) for number in range(20)]
    with Crew(Hands(faulty_coders, framework), 1) as crew:
        lines = [one.line for one in crew.decide(Case(item, None) for item in items)]
    assessments = [Assessment.from_json(line) for line in lines]
    transcripts = {one.id: one for item in items for one in item.interaction().sessions}
    expected = [
        piece(at, assessment, transcripts, framework, at % 2 == 0) for at, assessment in enumerate(assessments, 1)
    ]
    for jobs in (1, 2):
        with Crew(Hands(faulty_coders, framework), jobs) as crew:
            sheets = (Sheet(at, items[at - 1], line.encode(), at % 2 == 0) for at, line in enumerate(lines, 1))
            assert list(crew.render(sheets)) == expected


@pytest.mark.parametrize(("wanted", "size", "least", "most"), [(3, 0, 3, 3), (None, 0, 1, 1), (None, 10**12, 1, 4)])
def test_so_many_processes_as_are_wanted_or_worth_it(wanted: int | None, size: int, least: int, most: int) -> None:
    assert least <= processes(wanted, size) <= most


class DyingCoder(FaultyCoder):
    """Ends its process, as a system without memory does."""

    def code(self, interaction: Interaction, framework: Framework) -> tuple[Said, ...]:
        os._exit(9)


def dying_coders() -> Sequence[Coder]:
    return (DyingCoder(),)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="copies of a process need fork")
def test_a_process_that_is_ended_while_it_starts_is_told(framework: Framework, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_alone", lambda: True)
    monkeypatch.setattr(local, "_start", lambda hands: os._exit(9))
    with (
        warnings.catch_warnings(action="ignore", category=DeprecationWarning),  # threads of the test runner
        pytest.raises(DtnexusError, match="ended from outside"),
        Crew(Hands(faulty_coders, framework), 2),
    ):
        pytest.fail("the crew began with a dead process")


def test_a_process_that_is_ended_from_outside_is_told(framework: Framework) -> None:
    with pytest.raises(DtnexusError, match=r"ended from outside.* give the same command again, with fewer --jobs"):
        coded_by(dying_coders, [interaction("one")] * 9, framework, 2)


def test_the_program_does_the_same_in_one_process_and_in_copies_of_it(tmp_path: Path) -> None:
    written = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        call: list[str | Path] = [
            sys.executable,
            "-m",
            "dtnexus",
            "assess",
            EXAMPLES / "conversations",
            "-o",
            out,
            "-q",
        ]
        subprocess.run([*call, "--coder", "linear", "--jobs", jobs], check=True)
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert written[0] == written[1] and "report.html" in written[0]


def test_failures_are_told_by_coder_and_cause(framework: Framework) -> None:
    failed = code_one(interaction("one", "value"), faulty_coders(), framework)
    assert failures_of(failed) == {"faulty: error"}
    assert failures_of((silent("two"),)) == frozenset()


def block(about: str) -> RawBlock:
    return RawBlock(about, ((1, silent(about).to_json().encode()),), "ratings.jsonl")


def test_interactions_without_a_word_said_are_decided_from_nothing(framework: Framework) -> None:
    items = [parcel(interaction(name)) for name in ("a", "b", "c")]
    cases = list(paired(items, iter([block("b")])))
    assert [case.ratings for case in cases] == [None, block("b"), None]
    with Crew(Hands(faulty_coders, framework), 1) as crew:
        decided = [Assessment.from_json(one.line) for one in crew.decide(cases)]
    assert [one.interaction_id for one in decided] == ["a", "b", "c"]
    assert {one.coverage.rated for one in decided} == {0}


def test_ratings_in_another_order_are_refused() -> None:
    items = [parcel(interaction(name)) for name in ("a", "b")]
    with pytest.raises(UsageError, match="'a' do not stand in the order"):
        list(paired(items, iter([block("b"), block("a")])))


def lines_of(*said: Said) -> str:
    return "".join(f"{one.to_json()}\n" for one in said)


def test_the_log_drops_its_last_block_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    with RatingsLog(path) as log:
        assert log.done == set()
        for name in ("a", "b", "c"):
            log.append(lines_of(silent(name, "A1"), silent(name, "A2")))
    whole = path.read_bytes()
    with RatingsLog(path) as log:
        assert log.done == {"a", "b"}
        log.append(lines_of(silent("c", "A1"), silent("c", "A2")))
    assert path.read_bytes() == whole
    assert [(about, len(said)) for about, said in read_blocks(path)] == [("a", 2), ("b", 2), ("c", 2)]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_the_log_is_mended_wherever_it_was_cut(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    names = ("ä", "b", "c", "d")
    with RatingsLog(path) as log:
        for name in names:
            log.append(lines_of(silent(name, "A1"), silent(name, "A2")))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * cut // 40])
    with RatingsLog(path) as log:
        for name in names:
            if name not in log.done:
                log.append(lines_of(silent(name, "A1"), silent(name, "A2")))
    assert path.read_bytes() == whole


@pytest.mark.parametrize("line", [b"{", b"\xff", b'"text"', b'{"kind": "rating"}', b"[]"])
def test_a_line_that_is_no_statement_is_named(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    path.write_bytes(silent("a").to_json().encode() + b"\n\n" + line + b"\n")
    with pytest.raises(InputError, match=r"ratings\.jsonl:3: a line that is no statement"):
        list(read_blocks(path))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("d2", " Did you mean D2?"),
        ("D9", " Did you mean D2?"),
        ("talk-01", " Did you mean talk-010, talk-001?"),
        ("zzz", ""),
    ],
)
def test_what_somebody_may_have_meant(given: str, told: str) -> None:
    assert did_you_mean(given, ["D2", "talk-001", "talk-010", "F1"]) == told


def test_errors_survive_the_way_from_a_worker(framework: Framework) -> None:
    with pytest.raises(UsageError, match="secret"):
        coded_by(faulty_coders, [interaction("one", "usage")] * 9, framework, 2)
    assert issubclass(UsageError, DtnexusError)


def test_an_archive_gives_the_interactions_at_some_places(tmp_path: Path) -> None:
    sessions = [one for number in range(4) for one in interaction(f"i{number}").sessions]
    archive = Archive.write(tmp_path / "transcripts.jsonl", sessions)
    every = list(archive.parcels())
    assert list(archive.parcels_at((3, 0, 3))) == [every[3], every[0], every[3]]
    assert list(archive.parcels_at(())) == []
