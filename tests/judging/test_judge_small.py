"""Judges that read little, are asked about little, or are not there."""

from __future__ import annotations

from pathlib import Path

from dtnexus.rating import NotObservable, Rating
from tests.judging.runs import assess, said
from tests.judging.server import JudgeServer
from tests.probing.servers import free_port


def test_only_the_named_criteria_are_asked(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    ran = assess(talks, tmp_path / "run", server.url, "--ask", "G1, E1")
    assert ran.code == 0, ran.err
    assert len(server.seen) == 3 * (1 + 3)  # E1 once, G1 as a safety-critical one three times
    rated = {each.criterion for each in said(tmp_path / "run") if isinstance(each, Rating)}
    assert rated == {"E1", "G1"}
    others = [each for each in said(tmp_path / "run") if isinstance(each, NotObservable) and each.criterion == "A1"]
    assert {each.reason for each in others} == {"the judge was not asked about this criterion"}


def test_a_criterion_that_cannot_be_asked_is_told_before_anything_is_sent(
    talks: Path, server: JudgeServer, tmp_path: Path
) -> None:
    ran = assess(talks, tmp_path / "run", server.url, "--ask", "G1,Z9")
    assert (ran.code, server.seen) == (2, [])
    assert "a judge cannot be asked about Z9" in ran.err


def test_a_small_context_makes_more_calls_and_leaves_room_for_answers(
    talks: Path, server: JudgeServer, tmp_path: Path
) -> None:
    ran = assess(talks, tmp_path / "run", server.url, "--context", "7000")
    assert ran.code == 0, ran.err
    assert len(server.seen) > 3 * 8
    for each in server.seen:
        sent = sum(len(message["content"]) for message in each.body["messages"])
        assert each.body["max_tokens"] + sent / 4 <= 7_000
    none = assess(talks, tmp_path / "none", server.url, "--context", "1500")
    assert none.code == 2
    assert "--context 1500: the questions and their answer leave no room" in none.err


def test_a_server_that_is_not_there_costs_nothing(talks: Path, prices: Path, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/v1"
    ran = assess(talks, tmp_path / "run", nobody, "--retries", "0", "--prices", prices)
    assert ran.code == 3
    assert "; 0.00 EUR so far" in ran.err, ran.err
