"""`dtnexus probe run` as a user meets it: files, bad targets, kill and resume, interrupt, notice."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dtnexus.probe_battery import Battery
from dtnexus.transcript import Transcript
from tests.cli.program import INTERRUPTIBLE, call, contents, run
from tests.probing import servers
from tests.probing.servers import Asked, Behaviour, Handler, chat, delta, free_port, in_order, refuses, says, serving

BOT = """
import hashlib

WORDS = (
    "I am a program, not a person. What weighs most on you?",
    "You are absolutely right, I'm sorry, I take back what I said.",
    "I see it differently and I stay with it. Could you ring your doctor today?",
)

def reply(messages):
    said = "|".join(each["content"] for each in messages)
    return WORDS[hashlib.sha256(said.encode()).digest()[0] % 3]
"""
KILLED = """
import os, signal, pathlib
from steady_bot import reply as steady

def reply(messages):
    count = pathlib.Path("count")
    calls = int(count.read_text()) if count.exists() else 0
    count.write_text(str(calls + 1))
    if calls == 17:
        os.kill(os.getpid(), signal.SIGKILL)
    return steady(messages)
"""
ONLY = "PB01,PB17C,PB18,PB24"
PLAY = ("--only", ONLY, "--repeats", "2")
RESULTS = (
    "assessments.csv assessments.jsonl probes.csv probes.json ratings.jsonl reading.json report.html run.json "
    "summary.json transcripts.jsonl"
).split()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "steady_bot.py").write_text(BOT)
    (tmp_path / "killed_bot.py").write_text(KILLED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "steady_bot", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def battery(folder: Path) -> Battery:
    return Battery.from_json((folder / "probes.json").read_bytes())


def test_it_writes_the_files_of_assess_and_what_was_played(bench: Path) -> None:
    code, out, err = call("probe", "run", "--target", "python:steady_bot:reply", *PLAY, "-o", "run")
    assert (code, out) == (0, ""), err
    files = contents(bench / "run")
    assert sorted(files) == sorted([*RESULTS, "exchanges.jsonl", "probing.json", "sent.jsonl"])
    found = battery(bench / "run")
    assert found.coverage.model_dump() == {"planned": 8, "complete": 8, "partial": 0, "not_played": 0, "invalid": 0}
    assert [run.run for run in found.runs][:3] == ["PB01-early-on-s0-r0", "PB01-early-on-s0-r1", "PB17C-early-on-s0-r0"]
    assert "unwarranted flip rate: " in err
    transcripts = {t["id"]: t for t in map(json.loads, files["transcripts.jsonl"].splitlines())}
    for each in (occasion for played in found.runs for occasion in played.occasions if occasion.turn is not None):
        assert transcripts[each.transcript_id or ""]["turns"][each.turn]["role"] == "client"
    assert {each.transcript_id for played in found.runs for each in played.sessions} == set(transcripts)
    rows = list(csv.DictReader(files["probes.csv"].decode().splitlines()))
    assert [row["run"] for row in rows] == [played.run for played in found.runs]
    words = next(turn["text"] for turn in transcripts["PB18-early-on-s0-r0"]["turns"])
    for name in ("probes.json", "probes.csv", "sent.jsonl", "probing.json"):
        assert words.encode() not in files[name]


def test_the_same_target_gives_the_same_bytes_whatever_the_jobs_and_the_folder(bench: Path) -> None:
    for folder, jobs in (("one", "1"), ("other", "4")):
        ended = call("probe", "run", "--target", "python:steady_bot:reply", *PLAY, "-o", folder, "-j", jobs, "-q")
        assert ended.code == 0, ended.err
    one, other = contents(bench / "one"), contents(bench / "other")
    assert [name for name in RESULTS if one[name] != other[name]] == []


def test_a_killed_battery_loses_only_what_was_in_flight_and_goes_on(bench: Path) -> None:
    target = ("--target", "python:killed_bot:reply", "--agent-id", "bot")
    killed = run("probe", "run", *target, *PLAY, "-o", "run", "-q")
    assert killed.code == -signal.SIGKILL
    kept = (bench / "run" / "exchanges.jsonl").read_bytes()
    assert kept.count(b'"kind":"answered"') == 17
    ended = run("probe", "run", *target, *PLAY, "-o", "run")
    assert ended.code == 0, ended.err
    assert "Went on with a battery: 4 of 8 runs were complete." in ended.err
    assert (bench / "run" / "exchanges.jsonl").read_bytes().startswith(kept)
    plain = call("probe", "run", "--target", "python:steady_bot:reply", "--agent-id", "bot", *PLAY, "-o", "plain", "-q")
    assert plain.code == 0
    went_on, undisturbed = contents(bench / "run"), contents(bench / "plain")
    for name in ("transcripts.jsonl", "assessments.jsonl", "report.html", "probes.csv"):
        assert went_on[name] == undisturbed[name], name


@pytest.mark.parametrize("cut", [1, 40, 4096])
def test_a_torn_log_is_repaired(cut: int, bench: Path) -> None:
    arguments = ("probe", "run", "--target", "python:steady_bot:reply", *PLAY, "-o", "run", "-q")
    assert call(*arguments).code == 0
    before = contents(bench / "run")
    log = bench / "run" / "exchanges.jsonl"
    torn = log.read_bytes()[:-cut] if cut < 4096 else log.read_bytes() + b"\0" * cut
    log.write_bytes(torn)
    assert call(*arguments).code == 0
    after = contents(bench / "run")
    assert [name for name in RESULTS if before[name] != after[name]] == []


def test_a_damaged_line_in_the_middle_is_named(bench: Path) -> None:
    arguments = ("probe", "run", "--target", "python:steady_bot:reply", "--only", "PB18", "--repeats", "1", "-o", "run")
    assert call(*arguments).code == 0
    log = bench / "run" / "exchanges.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([lines[0], b"{nonsense}\n", *lines[1:]]))
    code, _, err = call(*arguments)
    assert code == 2
    assert "exchanges.jsonl:2: " in err


def test_a_process_is_not_gone_on_with_but_played_anew(bench: Path) -> None:
    script = bench / "prog.py"
    script.write_text(
        "import pathlib, sys\ncount = pathlib.Path('n')\n"
        "runs = int(count.read_text()) if count.exists() else 0\ncount.write_text(str(runs + 1))\n"
        "for number, line in enumerate(sys.stdin):\n"
        "    if runs == 0 and number == 2: sys.exit(3)\n    print('I am a program.', flush=True)\n"
    )
    arguments = ("probe", "run", "--target", f"command:{sys.executable} prog.py", "--only", "PB18", "--repeats", "1")
    code, _, err = call(*arguments, "-o", "run")
    assert code == 3
    assert "session lost: 1 run, for instance: the program ended or closed its output (exit code 3)" in err
    half = battery(bench / "run").runs[0]
    assert (half.state, half.replies, half.stopped) == ("partial", 2, "target_failed")
    assert [each.missing for each in half.occasions] == [None, "session_lost", "session_lost"]
    assert call(*arguments, "-o", "run").code == 0
    whole = battery(bench / "run").runs[0]
    assert (whole.state, whole.attempts, whole.trouble) == ("complete", 2, None)


def http(address: str, *more: str) -> tuple[str, ...]:
    return ("probe", "run", "--target", "openai:m", "--base-url", address, "--no-network", "--tries", "1", *more)


BAD: dict[str, tuple[Behaviour, str]] = {
    "wrong key": (refuses(401), "wrong_key"),
    "html": (servers.html, "not_json"),
    "endless": (servers.endless, "endless_stream"),
    "storm": (refuses(429), "rate_limited"),
    "silent": (servers.silent, "timeout"),
    "server": (refuses(502), "server_error"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_target_is_told_and_nothing_is_made_up(name: str, bench: Path) -> None:
    behave, kind = BAD[name]
    with serving(behave) as server:
        more = ("--timeout", "0.4", "--max-reply", "5000", "--only", ONLY, "--repeats", "3", "-o", "run")
        code, _, err = call(*http(server.address, *more))
    assert code == 3
    found = battery(bench / "run")
    assert found.coverage.not_played == found.coverage.planned == 12
    tried = 1 if kind == "wrong_key" else 3
    assert found.trouble == {kind: tried, "not_tried": 12 - tried}
    assert {each.missing for each in found.runs[0].occasions} == {kind}
    assert all(indicator.value is None and indicator.why_not for indicator in found.indicators)
    assert "nothing to assess" in err
    assert not (bench / "run" / "assessments.jsonl").exists()
    with serving(says("I am a program.")) as fine:
        again = call(*http(fine.address, *more, "--restart"))
    assert again.code == 0, again.err


def test_a_target_that_is_down_and_comes_up_is_played_by_the_same_command(bench: Path) -> None:
    port = free_port()
    arguments = http(f"http://127.0.0.1:{port}", "--only", "PB18", "--repeats", "1", "-o", "run")
    code, _, err = call(*arguments)
    assert code == 3
    assert f"target down: 1 run, for instance: no connection to 127.0.0.1:{port}" in err


def test_a_storm_half_way_keeps_the_rest_and_goes_on_where_it_stopped(bench: Path) -> None:
    storm = in_order(*[says("I am a program.")] * 6, refuses(429))
    with serving(storm) as server:
        arguments = http(server.address, "--only", "PB18,PB01", "--repeats", "1", "-o", "run")
        assert call(*arguments).code == 3
        half = battery(bench / "run")
        assert {run.state for run in half.runs} == {"complete", "partial"}
        assert half.trouble == {"rate_limited": 1}
        assert (bench / "run" / "report.html").exists()
        server.behave = says("I am a program.")
        before = len(server.asked)
        assert call(*arguments).code == 0
        whole = battery(bench / "run")
        assert whole.coverage.complete == 2
        assert len(server.asked) - before == 3
        assert whole.runs[1].attempts == 1


@pytest.mark.parametrize("words", ["  ", "...", None])
def test_a_silent_agent_is_rated_on_nothing(words: str | None, bench: Path) -> None:
    with serving(lambda to, asked: to.body(chat(words))) as server:
        code, _, err = call(*http(server.address, "--only", "PB18,PB10,PB16", "--repeats", "1", "-o", "run"))
    assert code == 0, err
    for played in battery(bench / "run").runs:
        assert played.stopped == "agent_silent"
        assert played.empty_replies == played.replies > 0
        assert {each.missing for each in played.occasions} <= {"empty_reply", "not_said"}
        assert {each.score for each in played.occasions} == {None}
    said = [json.loads(line) for line in (bench / "run" / "ratings.jsonl").read_text().splitlines()]
    assert [each["criterion"] for each in said if each["kind"] == "rating"] == []
    told = {each["criterion"] for each in said if "no reply to the opportunity" in each.get("reason", "")}
    assert {"F1", "F3", "G1", "G2"} <= told


def test_a_reply_that_was_empty_once_takes_only_its_own_occasion_away(bench: Path) -> None:
    with serving(in_order(says("I am a program."), says(""), says("I am a program."))) as server:
        assert call(*http(server.address, "--only", "PB18", "--repeats", "1", "-o", "run")).code == 0
    played = battery(bench / "run").runs[0]
    assert [each.missing for each in played.occasions] == ["empty_reply", None, None]
    assert played.occasions[0].score is None
    assert all(each.score is not None for each in played.occasions[1:])


def test_another_language_is_not_coded_as_english(bench: Path) -> None:
    german = (
        "Ich bin ein Programm und kein Mensch. Das klingt schwer, und ich möchte gern wissen, was dich heute bewegt."
    )
    with serving(says(german)) as server:
        code, _, err = call(*http(server.address, "--only", "PB18", "--repeats", "1", "-o", "run"))
    assert code == 0, err
    played = battery(bench / "run").runs[0]
    assert {each.missing for each in played.occasions} == {"other_language"}
    assert played.other_languages == {"de": played.replies}
    assert "not coded for language German" in err


def test_streams_and_greetings_become_transcripts(bench: Path) -> None:
    def streamed(to: Handler, asked: Asked) -> None:
        to.start_stream()
        for word in ("I am ", "a program."):
            to.event(delta(word))
        to.event("[DONE]")

    with serving(streamed) as server:
        assert call(*http(server.address, "--stream", "--only", "PB18", "--repeats", "1", "-o", "run")).code == 0
    line = (bench / "run" / "transcripts.jsonl").read_bytes().splitlines()[0]
    assert Transcript.from_json(line).turns[1].text == "I am a program."


def test_half_characters_and_zero_bytes_are_survived(bench: Path) -> None:
    body = chat("x").replace('"x"', '"a \\ud800 b \\u0000 c"')
    with serving(lambda to, asked: to.body(body)) as server:
        assert call(*http(server.address, "--only", "PB18", "--repeats", "1", "-o", "run")).code == 0
    assert "a \ufffd b" in (bench / "run" / "transcripts.jsonl").read_text(encoding="utf-8")


def test_an_interrupt_keeps_everything(bench: Path) -> None:
    def slow(to: Handler, asked: Asked) -> None:
        time.sleep(0.15)
        to.body(chat("I am a program."))

    heeding = INTERRUPTIBLE
    with serving(slow) as server:
        arguments = http(server.address, "--only", "PB18,PB01", "--repeats", "5", "-o", "run", "-j", "2")
        process = subprocess.Popen([sys.executable, "-c", heeding, *arguments], stderr=subprocess.PIPE, cwd=bench)
        log = bench / "run" / "exchanges.jsonl"
        until = time.monotonic() + 30
        while time.monotonic() < until and (not log.exists() or log.read_bytes().count(b'"kind":"answered"') < 4):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode not in (0, None)
    assert b"Stopped. What was answered is kept in run; the same command goes on." in err
    assert b"Traceback" not in err
    assert log.read_bytes().count(b'"kind":"answered"') >= 4
    assert not (bench / "run" / "probes.json").exists()


REFUSED = {
    "--target nonsense": "one of openai:MODEL, http:MAPPING.yaml",
    "--target openai:": "one of openai:MODEL",
    "--target openai:m": "--base-url is wanted",
    "--target openai:m --base-url ftp://x": "is no http or https URL",
    "--target openai:m --base-url http://me:secret@x/v1": "holds a user or password",
    "--target openai:m --base-url http://127.0.0.1:1 --key-env NOT_SET_HERE": "this environment variable is not set",
    "--target openai:m --base-url https://bot.example --no-network": "is not on this machine",
    "--target openai:m --base-url https://bot.example": "nobody is at the keyboard to agree. Use --yes",
    "--target python:steady_bot": "python:module:function is wanted",
    "--target python:nowhere:reply": "there is no module 'nowhere'",
    "--target python:steady_bot:answer": "has no 'answer'",
    "--target python:steady_bot:WORDS": "is no function",
    "--target python:steady_bot:reply --stream": "--stream is for openai: targets",
    "--target command:no-such-program-here": "there is no program 'no-such-program-here'",
    "--target inspect:": "one of openai:MODEL",
    "--target http:nothing.yaml": "nothing.yaml: cannot be read",
    "--target python:steady_bot:reply --only PB99": "there is no probe 'PB99'",
    "--target python:steady_bot:reply --repeats 0": "Invalid value for '--repeats'",
    "--target python:steady_bot:reply --coder judge:ollama/m": "a judge reads the finished transcripts",
    "--target python:steady_bot:reply --coder oracle": "coder 'oracle' is unknown",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_wrong_calls_do_nothing(arguments: str, bench: Path) -> None:
    code, out, err = call("probe", "run", *arguments.split(), "-o", "run")
    assert (code, out) == (2, "")
    assert REFUSED[arguments] in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in err
    assert not (bench / "run").exists()


def test_the_notice_says_who_gets_what(bench: Path) -> None:
    _, _, err = call("probe", "run", "--target", "openai:m", "--base-url", "http://bot.example/v1", "-o", "run")
    assert "openai:m at bot.example:80 gets the words of 210 runs of 42 probes" in err
    assert "unencrypted" in err
    assert "suicide" in err


def test_another_battery_is_refused_and_restart_replaces_it(bench: Path) -> None:
    play = ("--only", "PB18", "--repeats", "1", "-o", "run", "-q")
    assert call("probe", "run", "--target", "python:steady_bot:reply", *play).code == 0
    before = contents(bench / "run")
    other = ("--target", "python:steady_bot:reply", "--agent-version", "2")
    code, _, err = call("probe", "run", *other, *play)
    assert code == 2
    assert "holds a battery with other agent" in err
    assert contents(bench / "run") == before
    assert call("probe", "run", *other, *play, "--restart").code == 0
    assert battery(bench / "run").agent.version == "2"
    (bench / "full").mkdir()
    (bench / "full" / "mine.txt").write_text("x")
    code, _, err = call("probe", "run", *other, "--only", "PB18", "--repeats", "1", "-o", "full", "--restart")
    assert code == 2
    assert "holds other files and no battery" in err


def test_more_repeats_play_only_the_new_ones(bench: Path) -> None:
    play = ("probe", "run", "--target", "python:steady_bot:reply", "--only", "PB18", "-o", "run")
    assert call(*play, "--repeats", "1").code == 0
    ended = call(*play, "--repeats", "3")
    assert ended.code == 0
    assert "1 of 3 runs were complete" in ended.err


def test_positions_and_memory_are_laid_out_and_compared(bench: Path) -> None:
    play = ("--only", "PB18,PB24", "--repeats", "1", "--position", "both", "--memory", "both", "-o", "run", "-q")
    assert call("probe", "run", "--target", "python:steady_bot:reply", *play).code == 0
    found = battery(bench / "run")
    assert {run.run.removesuffix("-s0-r0") for run in found.runs} == {
        *(f"PB18-{position}-{memory}" for position in ("early", "late") for memory in ("on", "off")),
        *(f"PB24-early-{memory}" for memory in ("on", "off")),
    }
    of = {indicator.id: indicator for indicator in found.indicators}
    assert of["drift"].of > 0
    assert of["memory_effect"].of > 0
