"""Servers that misbehave and runs that are killed: nothing is invented, and nothing that came is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dtnexus.rating import Failure, Rating
from tests.cli.program import ENTRY, INTERRUPTIBLE, call, contents
from tests.coding.judge.scenes import SCORES
from tests.judging.runs import CALLS, MODEL_NAME, assess, said, without_log
from tests.judging.server import JudgeServer
from tests.judging.talks import write_talks


@pytest.mark.parametrize("behaviour", ["429", "500", "html", "half", "broken json", "not chat"])
def test_what_passes_is_tried_again_and_changes_nothing(
    behaviour: str, talks: Path, server: JudgeServer, tmp_path: Path
) -> None:
    server.behaviour = lambda number: behaviour if number in (1, 5) else ""
    ran = assess(talks, tmp_path / "run", server.url)
    assert (ran.code, len(server.seen)) == (0, 3 * CALLS + 2)
    assert {each.criterion: each.score for each in said(tmp_path / "run") if isinstance(each, Rating)} == SCORES


def test_retry_after_is_waited_for(tmp_path: Path, server: JudgeServer) -> None:
    server.behaviour = lambda number: "429" if number == 0 else ""
    started = time.monotonic()
    assess(write_talks(tmp_path / "one.jsonl", 1), tmp_path / "run", server.url, "--concurrency", "1")
    assert time.monotonic() - started >= 1.0
    ended = time.monotonic()
    server.behaviour = lambda number: "429 long"
    talks = write_talks(tmp_path / "three.jsonl", 3)
    ran = assess(talks, tmp_path / "long", server.url, "--concurrency", "1")
    assert time.monotonic() - ended < 20
    assert ran.code == 3
    assert "no answer: openai/some-model: rate limited, 5 calls" in ran.err
    causes = {each.cause for each in said(tmp_path / "long") if isinstance(each, Failure)}
    assert causes == {"rate_limited", "not_asked"}


@pytest.mark.parametrize(
    ("behaviour", "causes"),
    [
        ("refusal", {"refused"}),
        ("says_no", {"refused"}),
        ("length", {"truncated"}),
        ("wrong_json", {"unparseable"}),
        ("extra_text", {"unparseable"}),
        ("html", {"error", "not_asked"}),
        ("half", {"error", "not_asked"}),
        ("500", {"error", "not_asked"}),
        ("401", {"error", "not_asked"}),
        ("404", {"no_model", "not_asked"}),
        ("slow", {"timeout", "not_asked"}),
    ],
)
def test_what_stays_becomes_failures_with_their_cause_and_never_a_score(
    behaviour: str, causes: set[str], talks: Path, server: JudgeServer, tmp_path: Path
) -> None:
    server.behaviour = lambda number: behaviour
    limit = "1" if behaviour == "slow" else "60"
    ran = assess(talks, tmp_path / "run", server.url, "--retries", "0", "--call-timeout", limit)
    assert ran.code == 3
    statements = said(tmp_path / "run")
    assert not [each for each in statements if isinstance(each, Rating)]
    assert {each.cause for each in statements if isinstance(each, Failure)} == causes
    first = json.loads((tmp_path / "run" / "assessments.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["coverage"]["rated"] == 0
    assert first["coverage"]["failed"] >= 19
    assert first["indicated"] is None


def test_answers_with_invented_quotes_support_no_score(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    server.behaviour = lambda number: "wrong_quotes"
    ran = assess(talks, tmp_path / "run", server.url)
    assert ran.code == 3
    causes = {each.cause for each in said(tmp_path / "run") if isinstance(each, Failure)}
    assert causes == {"quote_not_found"}


def test_failures_to_deliver_are_asked_again_in_the_next_run(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    server.behaviour = lambda number: "500" if number in (0, 9) else ""
    ran = assess(talks, tmp_path / "run", server.url, "--retries", "0", "--concurrency", "1")
    assert (ran.code, len(server.seen)) == (3, 3 * CALLS)
    assert "no answer: openai/some-model: error, 2 calls" in ran.err
    again = assess(talks, tmp_path / "run", server.url, "--retries", "0")
    assert (again.code, len(server.seen)) == (0, 3 * CALLS + 2)
    assess(talks, tmp_path / "whole", server.url)
    assert without_log(tmp_path / "run") == without_log(tmp_path / "whole")


# --- a stop in the middle ---


def test_a_killed_run_goes_on_and_loses_the_calls_under_way_only(server: JudgeServer, tmp_path: Path) -> None:
    talks = write_talks(tmp_path / "many.jsonl", 8)
    server.delay = 0.05
    arguments = ("assess", talks, "-o", tmp_path / "run", "--coder", MODEL_NAME, "--base-url", server.url)
    running = subprocess.Popen(
        [sys.executable, "-c", ENTRY, *map(str, arguments), "--concurrency", "4"], stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while len(server.seen) < 25 and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    made = len(server.seen)
    assert 25 <= made < 8 * CALLS
    assert not (tmp_path / "run" / "report.html").exists()
    again = call(*arguments, "--concurrency", "4")
    assert again.code == 0
    assert 8 * CALLS <= len(server.seen) <= 8 * CALLS + 4
    server.delay = 0
    call("assess", talks, "-o", tmp_path / "whole", "--coder", MODEL_NAME, "--base-url", server.url)
    assert without_log(tmp_path / "run") == without_log(tmp_path / "whole")


@pytest.mark.parametrize("cut", [7, 400])
def test_a_cut_line_of_the_replies_is_asked_again(cut: int, talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    assess(talks, tmp_path / "run", server.url)
    before, made = contents(tmp_path / "run" / "judge")["replies.jsonl"], len(server.seen)
    (tmp_path / "run" / "judge" / "replies.jsonl").write_bytes(before[:-cut])
    again = assess(talks, tmp_path / "run", server.url)
    assert (again.code, len(server.seen)) == (0, made + 1)
    assert assess(talks, tmp_path / "run", server.url).code == 0
    assert len(server.seen) == made + 1


def test_an_interrupt_ends_soon_and_keeps_what_came(server: JudgeServer, tmp_path: Path) -> None:
    talks = write_talks(tmp_path / "many.jsonl", 4)
    server.behaviour = lambda number: "" if number < 10 else "slow"
    arguments = ("assess", talks, "-o", tmp_path / "run", "--coder", MODEL_NAME, "--base-url", server.url)
    running = subprocess.Popen([sys.executable, "-c", INTERRUPTIBLE, *map(str, arguments)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(server.seen) < 12 and time.monotonic() < deadline:
        time.sleep(0.005)
    started = time.monotonic()
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=20) != 0
    assert time.monotonic() - started < 10
    replies = (tmp_path / "run" / "judge" / "replies.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(replies) >= 10 - 8
    server.behaviour = lambda number: ""
    made = len(server.seen)
    assert call(*arguments).code == 0
    assert len(server.seen) == made + 4 * CALLS - len(replies)
