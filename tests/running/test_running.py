"""What the commands stand on: the ratings log, one item of work, many items, suggestions, findings."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.errors import DtnexusError, InputError, UsageError
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef, Failure, NotObservable, Said
from dtnexus.running.deciding_files import decide_in_order, failures_counted
from dtnexus.running.local import code_all
from dtnexus.running.ratings_log import RatingsLog, read_blocks
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


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_items_come_in_order_and_one_fault_stops_no_other(jobs: int, framework: Framework) -> None:
    items = [interaction(f"i{number}", "value" if number == 5 else "fine") for number in range(20)]
    coded = list(code_all(items, faulty_coders, framework, jobs))
    assert [one.id for one, _ in coded] == [one.id for one in items]
    assert [one.id for one, said in coded if isinstance(said[0], Failure)] == ["i5"]


class DyingCoder(FaultyCoder):
    """Ends its process, as a system without memory does."""

    def code(self, interaction: Interaction, framework: Framework) -> tuple[Said, ...]:
        os._exit(9)


def dying_coders() -> Sequence[Coder]:
    return (DyingCoder(),)


def test_a_process_that_is_ended_from_outside_is_told(framework: Framework) -> None:
    with pytest.raises(DtnexusError, match=r"ended from outside.* give the same command again, with fewer --jobs"):
        list(code_all([interaction("one")], dying_coders, framework, 2))


def test_failures_are_counted_by_coder_and_cause(framework: Framework) -> None:
    failed = code_one(interaction("one", "value"), faulty_coders(), framework)
    tally: Counter[str] = Counter()
    blocks = [("one", failed), ("two", (silent("two"),)), ("three", failed)]
    assert list(failures_counted(blocks, tally)) == blocks
    assert tally == {"faulty: error": 2}


def test_interactions_without_a_word_said_are_decided_from_nothing(framework: Framework) -> None:
    items = [interaction(name) for name in ("a", "b", "c")]
    decided = list(decide_in_order(items, iter([("b", (silent("b"),))]), framework, ()))
    assert [one.interaction_id for one in decided] == ["a", "b", "c"]
    assert {one.coverage.rated for one in decided} == {0}


def test_ratings_in_another_order_are_refused(framework: Framework) -> None:
    blocks = iter([("b", (silent("b"),)), ("a", (silent("a"),))])
    with pytest.raises(UsageError, match="'a' do not stand in the order"):
        list(decide_in_order([interaction("a"), interaction("b")], blocks, framework, ()))


def test_the_log_drops_its_last_block_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    with RatingsLog(path) as log:
        assert log.done == set()
        for name in ("a", "b", "c"):
            log.append([silent(name, "A1"), silent(name, "A2")])
    whole = path.read_bytes()
    with RatingsLog(path) as log:
        assert log.done == {"a", "b"}
        log.append([silent("c", "A1"), silent("c", "A2")])
    assert path.read_bytes() == whole
    assert [(about, len(said)) for about, said in read_blocks(path)] == [("a", 2), ("b", 2), ("c", 2)]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_the_log_is_mended_wherever_it_was_cut(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    names = ("ä", "b", "c", "d")
    with RatingsLog(path) as log:
        for name in names:
            log.append([silent(name, "A1"), silent(name, "A2")])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * cut // 40])
    with RatingsLog(path) as log:
        for name in names:
            if name not in log.done:
                log.append([silent(name, "A1"), silent(name, "A2")])
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
        list(code_all([interaction("one", "usage")] * 9, faulty_coders, framework, 2))
    assert issubclass(UsageError, DtnexusError)
