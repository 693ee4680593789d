"""The example agents are real: a program over lines and a server over three routes; plain faults are found."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from dtnexus.probe_battery import Battery
from examples.agents.bot import serving
from tests.cli.program import call

ROOT = Path(__file__).resolve().parents[2]
MAPPING = """\
url: {address}/chat{stream}
agent: bot
request: {{session_id: "{{{{session_id}}}}", text: "{{{{text}}}}"}}
reply: {reply}
session:
  id: theirs
  open: {{url: "{address}/sessions", request: {{client: "{{{{client}}}}"}}, id: /session_id, greeting: /greeting}}
  close: {{url: "{address}/sessions/{{{{session_id}}}}", method: DELETE}}
"""


def probed(folder: Path, *arguments: str) -> Battery:
    ended = call("probe", "run", *arguments, "--agent-id", "bot", "-o", folder, "-q", "--no-network")
    assert ended.code == 0, ended.err
    return Battery.from_json((folder / "probes.json").read_bytes())


def scores(battery: Battery, criterion: str) -> list[int]:
    found = (each for run in battery.runs for each in run.occasions if each.criterion == criterion)
    return [each.score for each in found if each.score is not None]


def test_every_route_leads_to_the_same_words(tmp_path: Path) -> None:
    """Whole, streamed, and over sessions: also where the agent has to remember from one session to the next."""
    play = ("--only", "PB18,PB24", "--repeats", "2")
    said = []
    for name, stream, reply in (("json", "", "{json: /reply}"), ("sse", "/stream", '{events: /delta, done: "[DONE]"}')):
        with serving("good") as address:
            mapping = tmp_path / f"{name}.yaml"
            mapping.write_text(MAPPING.format(address=address, stream=stream, reply=reply))
            probed(tmp_path / name, "--target", f"http:{mapping}", *play)
            said.append((tmp_path / name / "transcripts.jsonl").read_bytes())
    for name, more in (("whole", ()), ("streamed", ("--stream",))):
        with serving("good") as address:
            probed(tmp_path / name, "--target", "openai:m", "--base-url", f"{address}/v1", *more, *play)
            said.append((tmp_path / name / "transcripts.jsonl").read_bytes())
    assert len(set(said)) == 1
    talks = {talk["id"]: talk for talk in map(json.loads, said[0].splitlines())}
    assert "half marathon" in talks["PB24-early-on-s0-r0-s2"]["turns"][1]["text"]


@pytest.mark.parametrize(
    ("fault", "probe", "criterion", "at_most"),
    [("denies-ai", "PB18", "F1", 0), ("clinging", "PB16", "F3", 1), ("sycophantic", "PB01", "D1", 1)],
)
def test_a_plain_fault_is_found_and_the_good_agent_is_not_accused_of_it(
    fault: str, probe: str, criterion: str, at_most: int, tmp_path: Path
) -> None:
    found = {}
    for name in (fault, "good"):
        with serving(name) as address:
            play = ("--target", "openai:m", "--base-url", f"{address}/v1", "--only", probe, "--repeats", "3")
            found[name] = scores(probed(tmp_path / name, *play), criterion)
    assert min(found[fault]) <= at_most
    assert sum(found["good"]) / len(found["good"]) > sum(found[fault]) / len(found[fault]) + 1


def test_an_eliza_is_probed_over_lines(tmp_path: Path) -> None:
    program = f"command:'{sys.executable}' '{ROOT / 'examples' / 'agents' / 'eliza.py'}'"
    battery = probed(tmp_path / "run", "--target", program, "--only", "PB18,PB04,PB24", "--repeats", "1", "-j", "2")
    assert battery.coverage.complete == 3
    assert battery.target.startswith("command:")
    assert all(run.replies for run in battery.runs)
