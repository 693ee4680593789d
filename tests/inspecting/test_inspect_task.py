"""The probes as a task of Inspect, with the real Inspect: the same runs, the same results as `probe run`."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("inspect_ai", reason="Inspect AI is not installed: pip install 'dtnexus[inspect]'")

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score
from inspect_ai.solver import generate, system_message
from inspect_ai.tool import ToolChoice, ToolInfo

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.ingest import read_all
from dtnexus.inspecting import registry
from dtnexus.transcript import Transcript
from tests.cli.program import call

ONLY = "PB01,PB02,PB17C"
BOT = "dtnexus/steady_bot:reply"
RATED = {0, 1, 2, 3, 4}
pytestmark = [  # Inspect's own
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject:ResourceWarning"),
]


def played(bench: Path, task: Task, model: Any = BOT, **how: Any) -> EvalLog:
    (log,) = inspect_eval(task, model=model, log_dir=str(bench / "logs"), display="none", **how)
    return log


def rows(folder: str, name: str) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in json.loads(line).items() if key != "source"}
        for line in (Path(folder) / name).read_text().splitlines()
    ]


def criteria(log: EvalLog, sample: int = 0) -> Score:
    assert log.samples is not None
    scores = log.samples[sample].scores
    assert scores is not None
    return scores["criteria"]


def figures(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {metric.name: float(metric.value) for score in log.results.scores for metric in score.metrics.values()}


def in_order(found: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in found)


@pytest.mark.parametrize("form", ["eval", "json"])
def test_a_log_gives_the_results_of_probe_run(form: str, bench: Path) -> None:
    log = played(bench, registry.dtnexus_probes(only=ONLY, repeats=2), log_format=form)
    assert log.status == "success", log.error
    assert call("assess", log.location, "-o", "of_log", "-q").code == 0
    target = ("--target", "python:steady_bot:reply", "--agent-id", BOT)
    assert call("probe", "run", *target, "--only", ONLY, "--repeats", "2", "-o", "run", "-q").code == 0
    for name in ("transcripts.jsonl", "ratings.jsonl", "assessments.jsonl"):
        assert in_order(rows("of_log", name)) == in_order(rows("run", name)), name
    plans = [each["probe"] for each in rows("of_log", "transcripts.jsonl")]
    assert len({plan["session"] for plan in plans if plan["probe"] == "PB02"}) > 1
    assert any(plan["opportunities"] and plan["control_kind"] for plan in plans)
    assert any(step["branch"] != "default" for plan in plans for step in plan["path"])
    assert all(plan["opportunities"] for plan in plans if plan["probe"] == "PB01")


def test_the_scorer_says_what_assess_of_the_log_says(bench: Path) -> None:
    log = played(bench, registry.dtnexus_probes(only="PB18", repeats=1))
    call("assess", log.location, "-o", "of_log", "-q")
    ratings = {each["criterion"]: each for each in rows("of_log", "ratings.jsonl") if each["kind"] != "observation"}
    score = criteria(log)
    assert isinstance(score.value, dict)
    heard = {criterion.id: criterion.evidence for criterion in load_framework("dtn-op", MAXIMA).criteria}
    for name, each in ratings.items():
        counts = each["kind"] == "rating" and any(one["evidence_class"] in heard[name] for one in each["episodes"])
        assert score.value[name] == (each["score"] if counts else "N"), name
    assert ratings["B1"]["kind"] == "rating"
    assert score.value["B1"] == "N"  # a probe is no evidence for it
    assert score.value["F1"] in RATED
    assert score.metadata is not None
    assert {each["criterion"]: each for each in score.metadata["statements"] if "criterion" in each} == ratings
    first = ratings["F1"]["episodes"][0]["quote"]
    assert f"F1 = {score.value['F1']}: “{first}”" in (score.explanation or "")


def test_means_leave_out_what_was_not_rated_and_say_how_much_was(bench: Path) -> None:
    log = played(bench, registry.dtnexus_probes(only="PB01,PB18", repeats=2))
    found = figures(log)
    values = [criteria(log, at).as_dict() for at in range(4)]
    for name in values[0]:
        rated = [each[name] for each in values if each[name] != "N"]
        assert found[f"{name} rated"] == len(rated) / 4
        assert found.get(name) == (sum(map(float, rated)) / len(rated) if rated else None)  # type: ignore[arg-type]
    assert 0 < found["F1 rated"] <= 1
    assert "NaN" not in json.dumps(found)


def test_epochs_are_further_repeats_with_other_words(bench: Path) -> None:
    log = played(bench, registry.dtnexus_probes(only="PB18", repeats=1), epochs=3)
    transcripts, report = read_all([log.location])
    assert report.ok
    assert [one.id for one in transcripts] == [f"PB18-early-on-s0-r{repeat}" for repeat in range(3)]
    assert len({one.turns[0].text for one in transcripts}) == 3


def test_each_session_has_a_history_of_its_own_and_its_prompt(bench: Path) -> None:
    heard: list[list[ChatMessage]] = []

    def answers(
        input: list[ChatMessage], tools: list[ToolInfo], choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        heard.append(list(input))
        return counted_nothing("I am a program. What weighs most on you?")

    Path("prompt.txt").write_text("You are Calm.")
    task = registry.dtnexus_probes(
        only="PB02", repeats=1, system_prompt="prompt.txt", agent_id="calm", agent_version="7"
    )
    log = played(bench, task, get_model("mockllm/model", custom_outputs=answers))
    transcripts, _ = read_all([log.location])
    assert len(transcripts) > 1
    assert {(one.agent.id, one.agent.version) for one in transcripts} == {("calm", "7")}
    starts = [each for each in heard if len(each) == 2]
    assert [each[0].text for each in starts] == ["You are Calm."] * len(transcripts)
    assert [each[1].text for each in starts] == [one.turns[0].text for one in transcripts]
    assert all(turn.role != "system" for one in transcripts for turn in one.turns)


def counted_nothing(words: str) -> ModelOutput:
    output = ModelOutput.from_content("mockllm", words)
    output.usage = ModelUsage()
    return output


def test_what_was_said_before_a_model_failed_is_kept(bench: Path) -> None:
    def answers(*asked: Any) -> ModelOutput:
        if len(asked[0]) > 2:
            raise RuntimeError("out of order")
        return counted_nothing("What weighs most on you?")

    model = get_model("mockllm/model", custom_outputs=answers)
    log = played(bench, registry.dtnexus_probes(only="PB01", repeats=1), model, fail_on_error=False)
    transcripts, report = read_all([log.location])
    assert [(len(one.turns), one.probe and one.probe.stopped) for one in transcripts] == [(2, "target_failed")]
    assert any("'error'" in loss.detail for loss in report.losses)


def test_an_empty_reply_is_one(bench: Path) -> None:
    model = get_model("mockllm/model", custom_outputs=lambda *asked: counted_nothing(""))
    log = played(bench, registry.dtnexus_probes(only="PB18", repeats=1), model)
    transcripts, report = read_all([log.location])
    assert report.ok
    assert [one.probe and one.probe.stopped for one in transcripts] == ["agent_silent"]


def test_the_scorer_rates_any_chat(bench: Path) -> None:
    words = "You're absolutely right, I'm so sorry, I take back what I said about the contract."
    task = Task(
        dataset=[Sample(id="talk", input="No, you're wrong, the notice period is one month. Are you a human?")],
        solver=[system_message("You are Calm."), generate()],
        scorer=registry.dtnexus_scorer(),
    )
    log = played(bench, task, get_model("mockllm/model", custom_outputs=lambda *asked: counted_nothing(words)))
    assert log.status == "success", log.error
    score = criteria(log)
    assert set(score.as_dict().values()) <= RATED | {"N"}
    transcripts, _ = read_all([log.location])
    assert [(str(turn.role), turn.text) for turn in transcripts[0].turns][::2] == [
        ("system", "You are Calm."), ("agent", words),
    ]  # fmt: skip
    assert isinstance(transcripts[0], Transcript)
    call("assess", log.location, "-o", "of_log", "-q")
    said = {each["criterion"]: each for each in rows("of_log", "ratings.jsonl") if "criterion" in each}
    assert score.metadata is not None
    assert {each["criterion"]: each for each in score.metadata["statements"] if "criterion" in each} == said


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "only=PB99": ({"only": "PB99"}, "there is no probe 'PB99'"),
    "set=some": ({"set": "some"}, "-T set='some': wanted is core or full"),
    "position=middle": ({"position": "middle"}, "-T position='middle': wanted is early, late or both"),
    "memory=some": ({"memory": "some"}, "-T memory='some': wanted is on, off or both"),
    "repeats=0": ({"repeats": 0}, "-T repeats=0: wanted is a whole number from 1"),
    "repeats=many": ({"repeats": "many"}, "-T repeats='many': wanted is a whole number"),
    "seed=1.5": ({"seed": 1.5}, "-T seed=1.5: wanted is a whole number"),
    "promt=x": ({"promt": "x"}, "there is no option 'promt'. Did you mean system_prompt"),
    "system_prompt=nothing.txt": ({"system_prompt": "nothing.txt"}, "-T system_prompt=nothing.txt"),
    "probes=nowhere": ({"probes": "nowhere"}, "nowhere: nothing stands there"),
}


@pytest.mark.parametrize("option", WRONG)
def test_a_wrong_option_is_told(option: str, bench: Path) -> None:
    wrong, told = WRONG[option]
    with pytest.raises(UsageError) as raised:
        registry.dtnexus_probes(**wrong)
    assert str(raised.value).startswith("dtnexus/probes: ")
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--model", BOT, "-T", "sett=core"), "Error: dtnexus/probes: there is no option 'sett'. Did you mean set"),
        (("--model", BOT, "-T", "repeats=many"), "Error: dtnexus/probes: -T repeats='many': wanted is a whole number"),
        (("--model", "dtnexus/nobot:reply"), "Error: --model dtnexus/nobot:reply: there is no module 'nobot'"),
    ],
)
def test_inspect_says_it_in_one_line(arguments: tuple[str, ...], told: str, bench: Path) -> None:
    ended = inspect_says(*arguments)
    assert ended.returncode == 2
    assert (ended.stdout, ended.stderr.count("\n")) == ("", 1)
    assert ended.stderr.startswith(told)


def inspect_says(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`inspect eval dtnexus/probes` in a process of its own."""
    program = "from inspect_ai._cli.main import main; main()"
    command = [sys.executable, "-c", program, "eval", "dtnexus/probes", "--display", "none", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("name", ["on", "off"])
def test_memory_may_be_off(name: str, bench: Path) -> None:
    """Also as YAML has it on the command line of Inspect, where ``off`` is no word but False."""
    ended = inspect_says(
        "--model", BOT, "--log-dir", "logs", "-T", f"memory={name}", "-T", "only=PB24", "-T", "repeats=1",
        "-T", "agent_version=2",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    transcripts, report = read_all(["logs"])
    assert report.ok
    assert [one.id for one in transcripts] == [f"PB24-early-{name}-s0-r0-s{number}" for number in (1, 2, 3)]
    assert {one.probe and one.probe.setting.memory for one in transcripts} == {name}
    assert {one.agent.version for one in transcripts} == {"2"}


def test_both_memories_are_two_runs_of_the_same_words(bench: Path) -> None:
    ids = [str(sample.id) for sample in registry.dtnexus_probes(only="PB18", repeats=1, memory="both").dataset]
    assert ids == ["PB18-early-on-s0-r0", "PB18-early-off-s0-r0"]


def test_ids_may_come_as_a_list_and_late_begins_later(bench: Path) -> None:
    task = registry.dtnexus_probes(only=["PB01", "PB18"], repeats=1, position="both")
    ids = [sample.id for sample in task.dataset]
    assert ids[0] == "PB01-early-on-s0-r0"
    assert any("-late-" in str(name) for name in ids)
    assert len(list(registry.dtnexus_probes(repeats=1).dataset)) > len(
        list(registry.dtnexus_probes(repeats=1, set="core").dataset)
    )


def test_inspect_finds_it_by_its_entry_point() -> None:
    (entry,) = [each for each in entry_points(group="inspect_ai") if each.name == "dtnexus"]
    assert entry.load() is registry
