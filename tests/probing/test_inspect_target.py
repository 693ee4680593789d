"""`--target inspect:MODEL` with the real Inspect, against models in this process and on loopback."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from dtnexus.errors import UsageError
from dtnexus.probing.targets.chat import Opening, Said, Sent, TargetTrouble
from dtnexus.probing.targets.limits import Limits, Pace, Stopped
from dtnexus.probing.targets.naming import TargetOptions, target_named
from dtnexus.running.work import guarded
from tests.cli.program import call
from tests.inspecting.offline import offline
from tests.probing.servers import Asked, Handler, chat, serving
from tests.probing.test_probe_run import BOT, battery

needs_inspect = pytest.mark.skipif(
    find_spec("inspect_ai") is None, reason="Inspect AI is not installed: pip install 'dtnexus[inspect]'"
)
pytestmark = [  # Inspect's own
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
ODD = """
import threading

NEVER = threading.Event()

def crashes(messages):
    raise RuntimeError("words of the client: " + messages[-1]["content"])

def hangs(messages):
    NEVER.wait(20)
    return "late"

def numbers(messages):
    return 7

def counts(messages):
    said = [each["content"] for each in messages if each["role"] == "user"]
    told = [each["content"] for each in messages if each["role"] == "system"]
    return f"{len(said)}: {said[-1]} {told}"
"""
PLAY = ("--only", "PB02,PB18", "--repeats", "1")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "steady_bot.py").write_text(BOT)
    (tmp_path / "odd_bots.py").write_text(ODD)
    monkeypatch.chdir(tmp_path)
    for name in ("steady_bot", "odd_bots"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    gc.collect()  # what Inspect and its providers left open is closed here, where the tests expect it


def options(timeout: float = 10.0, prompt: str | None = None, pace: Pace | None = None) -> TargetOptions:
    limits = Limits(timeout_s=timeout, reply_bytes=2000, tries=1)
    return TargetOptions(guarded, limits, pace or Pace(), system_prompt=prompt, network=False)


def opening() -> Opening:
    return Opening("c0", 0, "on", "PB01-early-on-s0-r0")


@needs_inspect
def test_a_model_of_inspect_is_probed_like_any_other_target(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same = ("--agent-id", "steady", "-q")
    with offline(monkeypatch) as refused:
        code, _, err = call("probe", "run", "--target", "inspect:dtnexus/steady_bot:reply", *PLAY, *same, "-o", "a")
    assert (code, refused) == (0, []), err
    assert call("probe", "run", "--target", "python:steady_bot:reply", *PLAY, *same, "-o", "b").code == 0
    for name in ("transcripts.jsonl", "ratings.jsonl", "assessments.jsonl"):
        assert (bench / "a" / name).read_bytes() == (bench / "b" / name).read_bytes(), name
    assert battery(bench / "a").target == "inspect:dtnexus/steady_bot:reply"
    assert battery(bench / "a").answered_as == ("steady_bot:reply",)


@needs_inspect
def test_a_session_is_gone_on_with_and_told_what_it_is(bench: Path) -> None:
    target = target_named("inspect:dtnexus/odd_bots:counts", options(prompt="Be Calm."), {})
    seen: list[Sent] = []
    session = target.open(opening(), [Said("x", "1: x")], seen.append)
    assert session.say("and “two” 🙂").text == "2: and “two” 🙂 ['Be Calm.']"
    assert target.open(opening()).say("anew").text == "1: anew ['Be Calm.']"
    assert [(each.to, each.outcome) for each in seen] == [("dtnexus/odd_bots:counts", "answered")]
    session.close()
    target.close()
    target.close()


@needs_inspect
@pytest.mark.parametrize(
    ("function", "kind", "told"),
    [
        ("crashes", "crashed", "Inspect raised RuntimeError for this model"),
        ("numbers", "crashed", "Inspect raised TypeError for this model"),
        ("hangs", "timeout", "did not answer within 0.3 s"),
    ],
)
def test_trouble_is_told_without_words(function: str, kind: str, told: str, bench: Path) -> None:
    target = target_named(f"inspect:dtnexus/odd_bots:{function}", options(timeout=0.3 if kind == "timeout" else 10), {})
    with pytest.raises(TargetTrouble, match=told) as raised:
        target.open(opening()).say("something private")
    assert raised.value.kind == kind
    assert "private" not in str(raised.value)
    sys.modules["odd_bots"].NEVER.set()
    target.close()


@needs_inspect
def test_a_reply_that_is_too_long_is_trouble(bench: Path) -> None:
    target = target_named("inspect:dtnexus/odd_bots:counts", options(), {})
    with pytest.raises(TargetTrouble, match="too_long"):
        target.open(opening()).say("x" * 3000)
    target.close()


@needs_inspect
def test_a_stop_cuts_off_what_is_waited_for(bench: Path) -> None:
    pace = Pace()
    target = target_named("inspect:dtnexus/odd_bots:hangs", options(pace=pace), {})
    threading.Timer(0.3, pace.stopped.set).start()
    with pytest.raises(Stopped):
        target.open(opening()).say("hello")
    sys.modules["odd_bots"].NEVER.set()
    target.close()


@needs_inspect
def test_a_provider_is_asked_at_the_address_that_is_given(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openai", reason="Inspect speaks with such servers through the package openai")
    monkeypatch.setenv("LAB_API_KEY", "sk-secret-of-the-lab")

    def answers(to: Handler, asked: Asked) -> None:
        to.body(chat(f"I heard {len(asked.body['messages'])} messages.", "calm-2026-01"))

    (bench / "prompt.txt").write_text("You are Calm.")
    with serving(answers) as server, offline(monkeypatch) as refused:
        address = ("--base-url", f"{server.address}/v1", "--system-prompt", "prompt.txt", "--no-network")
        target = ("--target", "inspect:openai-api/lab/calm", *address)
        code, _, err = call("probe", "run", *target, "--only", "PB18", "--repeats", "1", "-o", "run")
    assert (code, refused) == (0, []), err
    first = server.asked[0]
    assert first.path == "/v1/chat/completions"
    assert [each["role"] for each in first.body["messages"]] == ["system", "user"]
    assert battery(bench / "run").answered_as == ("calm-2026-01",)
    written = b"".join(path.read_bytes() for path in (bench / "run").iterdir() if path.is_file())
    assert b"sk-secret-of-the-lab" not in written


@needs_inspect
def test_a_provider_without_an_address_is_beyond_this_machine(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openai", reason="Inspect speaks with such servers through the package openai")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-nobody")
    with pytest.raises(UsageError, match="--no-network: inspect:openai/gpt-4o is not on this machine"):
        target_named("inspect:openai/gpt-4o", options(), {})
    code, _, err = call("probe", "run", "--target", "inspect:openai/gpt-4o", "--only", "PB18", "-o", "run")
    assert code == 2
    assert "inspect:openai/gpt-4o gets the words of 5 runs" in err
    assert not (bench / "run").exists()


@needs_inspect
@pytest.mark.parametrize("model", ["no-such-provider/model", "dtnexus/nowhere:reply", "m"])
def test_a_model_that_inspect_does_not_have_is_told(model: str, bench: Path) -> None:
    with pytest.raises(UsageError, match="Inspect cannot open this model"):
        target_named(f"inspect:{model}", options(), {})


def test_without_inspect_it_says_what_to_install(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dtnexus.probing.targets.inspect_model", None)
    code, _, err = call("probe", "run", "--target", "inspect:lab/calm", "-o", "run")
    assert code == 2
    assert "pip install 'dtnexus[inspect]'" in " ".join(err.split())
    assert not (bench / "run").exists()
