"""Runs with a judge as a user meets them: cost and consent before, what is kept and counted."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from dtnexus.rating import Failure, Rating
from tests.cli.program import ENTRY
from tests.coding.judge.scenes import SCORES
from tests.judging.runs import AWAY, CALLS, KEY, MODEL_NAME, PRICES, assess, every_file, said, without_log
from tests.judging.server import MODEL, JudgeServer
from tests.judging.talks import write_talks


def test_a_run_rates_every_conversation_by_the_judges_answers(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    ran = assess(talks, tmp_path / "run", server.url)
    assert (ran.code, ran.out) == (0, "")
    assert len(server.seen) == 3 * CALLS
    statements = said(tmp_path / "run")
    scores = {each.criterion: each.score for each in statements if isinstance(each, Rating)}
    assert scores == SCORES
    assert len([each for each in statements if isinstance(each, Rating)]) == 3 * len(SCORES)
    (ref,) = {each.coder.to_json(): each.coder for each in statements}.values()
    assert (ref.kind, ref.name, ref.details["model"]) == ("judge", "openai/some-model", MODEL)
    assert "pydantic-ai-slim" in ref.details["libraries"]
    assert json.loads(ref.details["parameters"]) == {"temperature": 0.0, "answer_tokens": 4000}
    assert (tmp_path / "run" / "report.html").is_file()
    assert "openai/some-model at 127.0.0.1" in ran.err
    assert "on this machine: 3 conversations (33 turns) in 24 calls" in ran.err
    assert "De-identification is off" in ran.err


def test_a_second_run_makes_no_call_and_changes_no_byte(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    assess(talks, tmp_path / "run", server.url)
    before, made = every_file(tmp_path / "run"), len(server.seen)
    again = assess(talks, tmp_path / "run", server.url)
    assert (again.code, len(server.seen)) == (0, made)
    assert "nothing is sent" in again.err
    assert every_file(tmp_path / "run") == before
    restarted = assess(talks, tmp_path / "run", server.url, "--restart")
    assert (restarted.code, len(server.seen)) == (0, made)
    assert every_file(tmp_path / "run") == before


def test_replies_in_a_cache_serve_other_runs(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    assess(talks, tmp_path / "one", server.url, "--cache", tmp_path / "cache")
    made = len(server.seen)
    more = write_talks(tmp_path / "more.jsonl", 4)
    assess(more, tmp_path / "two", server.url, "--cache", tmp_path / "cache")
    assert len(server.seen) == made + CALLS
    assess(more, tmp_path / "three", server.url, "--cache", tmp_path / "cache", "--temperature", "0.5")
    assert len(server.seen) == made + 5 * CALLS


def test_the_number_of_calls_at_once_and_of_processes_changes_nothing(server: JudgeServer, tmp_path: Path) -> None:
    talks = write_talks(tmp_path / "ten.jsonl", 10)
    server.delay = 0.005
    assess(talks, tmp_path / "one", server.url, "--concurrency", "1")
    assert server.most_at_once == 1
    assess(talks, tmp_path / "many", server.url, "--concurrency", "6", "-j", "2")
    assert 2 <= server.most_at_once <= 6
    one, many = without_log(tmp_path / "one"), without_log(tmp_path / "many")
    assert one == many


def test_no_key_stands_in_any_file_or_message(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    ran = assess(talks, tmp_path / "run", server.url)
    assert KEY.encode() in b"".join(each.headers["authorization"].encode() for each in server.seen)
    server.behaviour = lambda number: "echo"
    echoed = assess(talks, tmp_path / "echoed", server.url)
    assert "You sent Bearer [key]" in (tmp_path / "echoed" / "judge" / "replies.jsonl").read_text(encoding="utf-8")
    server.behaviour = lambda number: "401"
    refused = assess(talks, tmp_path / "refused", server.url)
    written = every_file(tmp_path)
    assert len(written) > 15
    assert not [name for name, content in written.items() if KEY.encode() in content]
    assert KEY not in ran.err + ran.out + refused.err + refused.out + echoed.err


def test_the_log_of_what_left_holds_no_words(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    assess(talks, tmp_path / "run", server.url)
    log = (tmp_path / "run" / "judge" / "sent.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    assert [sum(line["event"] == event for line in lines) for event in ("sent", "came")] == [3 * CALLS, 3 * CALLS]
    assert {line["host"] for line in lines} == {server.url.split("/")[2]}
    assert {line["input_tokens"] for line in lines if line["event"] == "came"} == {1000}
    assert set(lines[0]) == {
        "at", "event", "number", "judge", "host", "call", "outcome", "input_tokens", "output_tokens",
    }  # fmt: skip
    for word in ("brother", "sleep", "talk-0", "money"):
        assert word not in log


# --- before anything is sent ---


def test_a_dry_run_prints_the_cost_and_sends_and_writes_nothing(
    talks: Path, server: JudgeServer, prices: Path, tmp_path: Path
) -> None:
    ran = assess(talks, tmp_path / "run", server.url, "--dry-run", "--prices", prices)
    assert (ran.code, server.seen) == (0, [])
    assert not (tmp_path / "run").exists()
    head, row, *rest = ran.out.splitlines()
    assert head.split() == ["judge", "host", "calls", "tokens", "in", "tokens", "out", "cost", "at", "most"]
    name, _, calls, tokens_in, tokens_out, cost, currency, most, _ = row.split()
    assert (name, calls, currency) == ("openai/some-model", "24", "EUR")
    assert float(cost) == pytest.approx((2 * int(tokens_in) + 10 * int(tokens_out)) / 1_000_000, abs=0.006)
    assert float(most) > float(cost)
    assert "openai/some-model: 8.0 calls a conversation, 0 answered" in rest
    assess(talks, tmp_path / "run", server.url)
    ran = assess(talks, tmp_path / "run", server.url, "--dry-run", "--prices", prices)
    assert ran.out.splitlines()[1].split()[2:4] == ["0", "0"]
    assert "24 answered" in ran.out


def elsewhere(server: JudgeServer) -> str:
    """The same server by an address that is not the loopback interface's, so that consent is needed."""
    return server.url.replace("127.0.0.1", "0.0.0.0")


def test_without_a_person_or_yes_nothing_goes_to_another_host(talks: Path, tmp_path: Path) -> None:
    ran = assess(talks, tmp_path / "run", AWAY)
    assert ran.code == 2
    assert "openai/some-model at judge.example.org, over the network: 3 conversations (33 turns)" in ran.err
    assert "Use --yes if it may be sent" in ran.err
    assert every_file(tmp_path / "run") == {}
    plain = assess(talks, tmp_path / "run", "http://judge.example.org/v1", "-q")
    assert "NOT encrypted" in plain.err


def test_no_network_refuses_every_other_host_even_with_yes(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    ran = assess(talks, tmp_path / "run", AWAY, "--no-network", "--yes")
    assert ran.code == 2
    assert "--no-network: the judge openai/some-model is at judge.example.org" in ran.err
    assert assess(talks, tmp_path / "here", server.url, "--no-network").code == 0


@pytest.mark.parametrize(("typed", "code", "calls"), [("y\n", 0, 3 * CALLS), ("n\n", 2, 0), ("\n", 2, 0)])
def test_a_person_at_a_terminal_is_asked(
    typed: str, code: int, calls: int, talks: Path, server: JudgeServer, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    arguments = ("assess", talks, "-o", tmp_path / "run", "--coder", MODEL_NAME, "--base-url", elsewhere(server))
    os.write(ours, typed.encode())
    ran = subprocess.run(
        [sys.executable, "-c", ENTRY, *map(str, arguments)], stdin=theirs, capture_output=True, text=True, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert (ran.returncode, len(server.seen)) == (code, calls)
    assert "Send it?" in ran.stderr


def test_yes_lets_calls_out_after_the_notice(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    ran = assess(talks, tmp_path / "run", elsewhere(server), "--yes", "-q")
    assert (ran.code, len(server.seen)) == (0, 3 * CALLS)
    assert "over the network, NOT encrypted: 3 conversations (33 turns) in 24 calls" in ran.err
    assert "De-identification is off" in ran.err


# --- limits ---


def test_max_calls_stops_before_it_is_passed_and_a_higher_one_goes_on(
    talks: Path, server: JudgeServer, tmp_path: Path
) -> None:
    ran = assess(talks, tmp_path / "run", server.url, "--max-calls", "10")
    assert (ran.code, len(server.seen)) == (3, 10)
    assert "stopped before a limit was passed" in ran.err
    statements = said(tmp_path / "run")
    failures = [each for each in statements if isinstance(each, Failure)]
    assert {each.cause for each in failures} == {"not_asked"}
    assert {each.interaction_id for each in failures} == {"talk-1", "talk-2"}
    assert {each.interaction_id for each in statements if isinstance(each, Rating)} <= {"talk-0", "talk-1"}
    same = assess(talks, tmp_path / "run", server.url, "--max-calls", "10")
    assert (same.code, len(server.seen)) == (3, 10)
    ran = assess(talks, tmp_path / "run", server.url)
    assert (ran.code, len(server.seen)) == (0, 3 * CALLS)
    assert not [each for each in said(tmp_path / "run") if isinstance(each, Failure)]
    assess(talks, tmp_path / "whole", server.url)
    assert without_log(tmp_path / "whole") == without_log(tmp_path / "run")


def test_max_cost_is_never_passed(talks: Path, server: JudgeServer, prices: Path, tmp_path: Path) -> None:
    """A call costs 0.004 here and may cost up to 0.09 before it is known; 0.10 lets one at a time out."""
    ran = assess(talks, tmp_path / "run", server.url, "--prices", prices, "--max-cost", "0.12")
    assert ran.code == 3
    assert 1 <= len(server.seen) < 3 * CALLS
    assert len(server.seen) * 0.004 <= 0.12
    assert "EUR so far" in ran.err
    none = assess(talks, tmp_path / "none", server.url, "--prices", prices, "--max-cost", "0.001")
    assert none.code == 3
    assert {each.cause for each in said(tmp_path / "none") if isinstance(each, Failure)} == {"not_asked"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PRICES.replace("some-model", "other"), "no price for openai/some-model"),
        (PRICES.replace("input", "inputs"), "prices.yaml"),
        (PRICES.replace("2.0", "-2.0"), "prices.yaml"),
        ("currency: EUR\n", "prices.yaml"),
        (PRICES + "currency: USD\n", "prices.yaml"),
    ],
)
def test_prices_are_read_strictly(text: str, told: str, talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    ran = assess(talks, tmp_path / "run", server.url, "--prices", tmp_path / "prices.yaml")
    assert (ran.code, server.seen) == (2, [])
    assert told in ran.err


def test_max_cost_needs_prices(talks: Path, server: JudgeServer, tmp_path: Path) -> None:
    ran = assess(talks, tmp_path / "run", server.url, "--max-cost", "5")
    assert (ran.code, server.seen) == (2, [])
    assert "--max-cost: needs --prices" in ran.err
