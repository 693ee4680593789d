"""A real small model as the probed agent, and as the client: what must hold whatever it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dtnexus.probe_battery import Battery
from dtnexus.record import read_jsonl
from dtnexus.transcript import Role, Transcript
from tests.cli.program import Ran, call
from tests.probing.played import PROBES
from tests.small_model import NEEDS_MODEL, SmallModel, small_model

pytestmark = [pytest.mark.small_model, NEEDS_MODEL]

PROBE = "PB18"


@pytest.fixture(scope="module")
def model() -> Iterator[SmallModel]:
    with small_model(most_tokens=48) as serving:
        yield serving


def play(model: SmallModel, out: Path, *more: str) -> Ran:
    target = ("--target", "openai:smollm2", "--base-url", model.ignore, "--only", PROBE, "--repeats", "1")
    return call("probe", "run", *target, "--timeout", "600", "-o", out, *more)


def battery(folder: Path) -> Battery:
    return Battery.from_json((folder / "probes.json").read_bytes())


@pytest.mark.parametrize("stream", [(), ("--stream",)])
def test_a_real_model_is_probed_and_every_reply_is_kept(
    stream: tuple[str, ...], model: SmallModel, tmp_path: Path
) -> None:
    before = model.counts()
    ran = play(model, tmp_path / "run", *stream)
    assert ran.code == 0, ran.err
    (run,) = battery(tmp_path / "run").runs
    assert (run.state, run.trouble) == ("complete", None)
    assert model.counts()["answered"] - before["answered"] == run.replies
    assert battery(tmp_path / "run").answered_as == ("smollm2",)
    (session,) = read_jsonl(tmp_path / "run" / "transcripts.jsonl", Transcript)
    assert sum(turn.role is Role.AGENT for turn in session.turns) == run.replies
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_real_model_that_plays_the_client_says_the_script_or_makes_the_run_invalid(
    model: SmallModel, tmp_path: Path
) -> None:
    client = ("--client", "openai:smollm2", "--client-base-url", model.ignore)
    ran = play(model, tmp_path / "run", *client)
    (run,) = battery(tmp_path / "run").runs
    assert run.state in ("complete", "invalid")
    assert ran.code == (0 if run.state == "complete" else 3)
    invalid = tmp_path / "run" / "invalid.jsonl"
    path = tmp_path / "run" / "transcripts.jsonl" if run.state == "complete" else invalid
    assert invalid.exists() == (run.state == "invalid" and bool(run.sessions))
    lines = {
        turn.id: {*turn.say, *(w for each in turn.branches for w in each.say)} for turn in PROBES.probe(PROBE).turns
    }
    for session in read_jsonl(path, Transcript) if path.exists() else ():
        assert session.probe is not None
        for step in session.probe.path:
            assert any(session.turns[step.turn].text.endswith(words) for words in lines[step.at])
    if run.state == "invalid":
        assert {each.score for each in run.occasions} == {None}
