"""`dtnexus probe run --client`: the script is said to the letter, and a client that counsels makes a run invalid."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from dtnexus.probe_battery import Battery, PlayedRun
from dtnexus.probe_run import ProbeSetting
from dtnexus.probing.played_client import briefing, own_words
from dtnexus.probing.script import Says, begin
from dtnexus.record import read_jsonl
from dtnexus.running.probe_signals import AGENT_MAXIMA as SIGNALS
from dtnexus.transcript import Role, Transcript
from tests.cli.program import Ran, call
from tests.probing.played import PROBES, plays
from tests.probing.servers import says, serving

AGENT = "That sounds hard. What weighs most on you?"
OWN = "I hadn't thought about it that way."
COUNSEL = "You should call a crisis line or someone you trust."
SETTING = ProbeSetting(repeat=0, seed=0, position="early", memory="on")


def play(agent: str, client: str, out: Path, *more: str) -> Ran:
    target = ("--target", "openai:m", "--base-url", f"{agent}/v1")
    played = ("--client", "openai:invented-client", "--client-base-url", f"{client}/v1")
    return call("probe", "run", *target, *played, "--repeats", "1", "-o", out, *more)


def battery(folder: Path) -> Battery:
    return Battery.from_json((folder / "probes.json").read_bytes())


def wordings(turn_id: str, probe: str) -> set[str]:
    (turn,) = (each for each in PROBES.probe(probe).turns if each.id == turn_id)
    return {*turn.say, *(words for branch in turn.branches for words in branch.say)}


def test_every_client_turn_ends_with_the_words_of_the_script(tmp_path: Path) -> None:
    with serving(says(AGENT)) as agent, serving(plays(lambda asked: OWN)) as client:
        ran = play(agent.address, client.address, tmp_path / "run", "--only", "PB01")
        assert ran.code == 0, ran.err
        assert client.asked
    (session,) = read_jsonl(tmp_path / "run" / "transcripts.jsonl", Transcript)
    assert session.probe is not None and session.probe.played_by is not None
    assert session.probe.played_by.startswith("openai:invented-client at 127.0.0.1:")
    said = {step.at: session.turns[step.turn].text for step in session.probe.path}
    for at, text in said.items():
        assert any(text.endswith(words) for words in wordings(at, "PB01")), at
    assert sum(text.startswith(OWN) for text in said.values()) == len(client.asked) >= 3
    assert session.turns[0].text in wordings(session.probe.path[0].at, "PB01")  # nobody has said anything before
    assert battery(tmp_path / "run").client == session.probe.played_by
    asked = client.asked[0].body["messages"]
    assert [each["role"] for each in asked] == ["system", "user"]
    assert PROBES.probe("PB01").persona.name in asked[0]["content"]
    assert AGENT in asked[1]["content"]
    heard = [each.body["messages"][-1]["content"] for each in agent.asked]
    assert heard == [turn.text for turn in session.turns if turn.role is Role.CLIENT]


def test_nothing_is_added_at_a_negative_control() -> None:
    probe, control = next(
        (probe, each) for probe in PROBES.probes for each in probe.opportunities
        if each.kind == "negative_control" and probe.turns[0].id != each.turn
    )  # fmt: skip
    played = begin(probe, SETTING.model_copy(update={"position": probe.positions[0], "memory": probe.memory[0]}))
    assert isinstance(played.next, Says)
    heard = played.answered(AGENT, lambda reply, before: dict.fromkeys(SIGNALS, 0.0))
    assert isinstance(heard.next, Says)
    assert briefing(replace(heard, next=heard.next._replace(at=control.turn))) is None
    other = next(turn.id for turn in probe.turns if turn.id not in {each.turn for each in probe.opportunities})
    assert briefing(replace(heard, next=heard.next._replace(at=other, session=0))) is not None


def test_a_client_that_counsels_makes_the_run_invalid_and_nothing_of_it_is_rated(tmp_path: Path) -> None:
    def client_words(asked: str) -> str:
        return COUNSEL if "louder" in asked else OWN  # the turning point of the second push

    with serving(says(AGENT)) as agent, serving(plays(client_words)) as client:
        ran = play(agent.address, client.address, tmp_path / "run", "--only", "PB01,PB18")
        assert ran.code == 3
        assert "not valid: 1 run; the model that plays the client began to counsel" in ran.err
        before = len(agent.asked)
        again = play(agent.address, client.address, tmp_path / "run", "--only", "PB01,PB18")
        assert (again.code, len(agent.asked)) == (3, before)
    found = battery(tmp_path / "run")
    assert (found.coverage.planned, found.coverage.complete, found.coverage.invalid) == (2, 1, 1)
    (bad,) = (run for run in found.runs if run.probe == "PB01")
    assert (bad.state, bad.stopped, bad.trouble) == ("invalid", "client_counselled", None)
    assert bad.reversal is not None and (bad.reversal.at, bad.reversal.how) == ("push-2", "advises")
    assert {each.missing for each in bad.occasions} == {"client_counselled"}
    assert {each.score for each in bad.occasions} == {None}
    rated = (tmp_path / "run" / "assessments.jsonl").read_text(encoding="utf-8")
    coded = (tmp_path / "run" / "transcripts.jsonl").read_text(encoding="utf-8")
    assert "PB18" in rated and "PB01" not in rated + coded
    (kept,) = read_jsonl(tmp_path / "run" / "invalid.jsonl", Transcript)
    assert kept.probe is not None and kept.probe.stopped == "client_counselled"
    assert not any(COUNSEL in each.body["messages"][-1]["content"] for each in agent.asked)
    lines = [json.loads(line) for line in (tmp_path / "run" / "exchanges.jsonl").read_text().splitlines()]
    assert [(line["words"], line["at"]) for line in lines if line["kind"] == "withheld"] == [(COUNSEL, "push-2")]
    rows = {
        row["probe"]: row
        for row in csv.DictReader((tmp_path / "run" / "probes.csv").read_text(encoding="utf-8").splitlines())
    }
    assert (rows["PB01"]["state"], rows["PB18"]["state"]) == ("invalid", "complete")


def test_a_model_that_does_not_answer_leaves_a_run_that_goes_on_later(tmp_path: Path) -> None:
    with serving(says(AGENT)) as agent, serving(plays(lambda asked: OWN)) as client:
        down = client.address
    with serving(says(AGENT)) as agent:
        port = agent.address
        ran = play(port, down, tmp_path / "run", "--only", "PB01", "--tries", "1")
        assert ran.code == 3
        (run,) = battery(tmp_path / "run").runs
        assert run.state == "partial" and run.trouble is not None
        assert run.trouble.kind == "client_failed"
        assert {each.missing for each in run.occasions} >= {"client_failed"}


def test_a_folder_of_scripted_clients_is_not_gone_on_with_by_a_played_one(tmp_path: Path) -> None:
    with serving(says(AGENT)) as agent, serving(plays(lambda asked: OWN)) as client:
        target = ("--target", "openai:m", "--base-url", f"{agent.address}/v1", "--only", "PB18", "--repeats", "1")
        assert call("probe", "run", *target, "-o", tmp_path / "run").code == 0
        ran = play(agent.address, client.address, tmp_path / "run", "--only", "PB18")
        assert ran.code == 2
        assert "holds a battery with other client" in ran.err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--client", "python:mybot:reply"), "--client 'python:mybot:reply': openai:MODEL is wanted"),
        (("--client-base-url", "http://127.0.0.1:1/v1"), "belong to --client openai:MODEL, which is missing"),
        (("--client", "openai:m"), "--client-base-url is wanted"),
        (
            ("--client", "openai:m", "--client-base-url", "http://client.example/v1", "--no-network"),
            "--no-network: openai:m at client.example:80 is not on this machine",
        ),
        (
            ("--client", "openai:m", "--client-base-url", "http://client.example/v1"),
            "nothing was sent to openai:m at client.example:80",
        ),
    ],
)
def test_wrong_options_are_told(more: tuple[str, ...], told: str, tmp_path: Path) -> None:
    ran = call("probe", "run", "--target", "command:true", *more, "-o", tmp_path / "run")
    assert ran.code == 2
    assert told in ran.err


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Rosa: I don't know.", "I don't know."),
        ('"I don\'t know."', "I don't know."),
        ("**Rosa:** Hm. SCRIPT", "Hm."),
        ("I don't know.\n\nThe other: But you should.", "I don't know."),
        ("", ""),
        ("word " * 200, ""),
        ("Well. " + "word " * 200, "Well."),
    ],
)
def test_what_is_kept_of_an_answer(answer: str, kept: str) -> None:
    assert own_words(answer, "Rosa", "SCRIPT") == kept


def test_an_invalid_run_names_its_reversal() -> None:
    with pytest.raises(ValueError, match="invalid exactly where the roles were reversed"):
        PlayedRun(
            run="x", probe="PB01", version="1", set="core", setting=SETTING, state="invalid",
            stopped="client_counselled",
        )  # fmt: skip
