"""What goes to a model, to the byte; who judged; and whether a judge would judge its own kind."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dtnexus.coding.judge.call import Reply, estimated_tokens
from dtnexus.coding.judge.reference import judge_ref
from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.model_family import families_of, self_judging
from dtnexus.rating import CoderRef
from dtnexus.transcript import Agent
from tests.coding.judge.scenes import framework, long_talk, talk

GOLDEN = Path(__file__).parent / "golden"


def sent() -> dict[str, str]:
    """File name -> text of what goes to a model for the invented conversation."""
    session = JudgeSession(talk(), framework(), JudgeSettings())
    calls = {call.id: call for call in session.first_calls()}
    first = calls["w1-g1-r1-a1"]
    files = {f"{name}.txt": calls[name].prompt for name in calls if "-r1-" in name or name == "w1-g3-r2-a1"}
    session.take(Reply(call=first.id, kind="text", text=""))
    files["w1-g1-r1-a2.txt"] = session.call("w1-g1-r1-a2").prompt
    files["instructions.txt"] = first.instructions
    files["w1-g4-r1-a1.schema.json"] = (
        json.dumps(calls["w1-g4-r1-a1"].model_dump(mode="json")["answer_schema"], indent=1) + "\n"
    )
    return files


def test_prompts_are_the_golden_ones_to_the_byte() -> None:
    """DTNEXUS_WRITE_GOLDEN=1 writes them anew; a change of them is a new version of the protocol."""
    if os.environ.get("DTNEXUS_WRITE_GOLDEN") == "1":
        for name, text in sent().items():
            (GOLDEN / name).write_text(text, encoding="utf-8", newline="\n")
    assert {path.name for path in GOLDEN.iterdir()} == set(sent())
    for name, text in sent().items():
        assert (GOLDEN / name).read_bytes() == text.encode("utf-8"), name


def test_all_calls_of_a_window_begin_alike_so_that_providers_can_reuse_it() -> None:
    calls = JudgeSession(long_talk(30), framework(), JudgeSettings()).first_calls()
    common = os.path.commonprefix([call.prompt for call in calls])
    assert "RECORD" in common.splitlines()[-3] or "The record has ended" in common
    assert len({call.digest() for call in calls}) == len(calls)


def test_the_prompt_hash_changes_with_questions_and_settings_and_not_with_the_transcript() -> None:
    base = JudgeSession(talk(), framework(), JudgeSettings()).prompts_digest
    assert JudgeSession(long_talk(9), framework(), JudgeSettings()).prompts_digest == base
    assert JudgeSession(talk(), framework(), JudgeSettings(star_repeats=1)).prompts_digest != base
    other = framework().model_copy(update={"questions": {}})
    assert JudgeSession(talk(), other, JudgeSettings()).prompts_digest != base


def test_who_judged_can_be_repeated() -> None:
    session = JudgeSession(talk(), framework(), JudgeSettings())
    ref = judge_ref("any/model-1", session, ["model-1-0401"], {"temperature": 0}, {"pydantic-ai": "2.0"})
    assert ref.kind == "judge"
    assert ref.details["model"] == "model-1-0401"
    assert ref.details["prompts"] == session.prompts_digest
    assert json.loads(ref.details["parameters"]) == {"temperature": 0}
    assert ref.details["libraries"] == "pydantic-ai 2.0"


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("word", 1), ("two words", 3), ("很难过", 3), ("naïve", 2)])
def test_tokens_are_estimated(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


@pytest.mark.parametrize(
    ("judge", "agent", "version", "wanted"),
    [
        ("anthropic/claude-sonnet-4", "acme", "Claude 3.5 Haiku", "same"),
        ("openai/gpt-4o", "acme", "claude-3", "other"),
        ("openai/o3-mini", "ChatGPT export", None, "same"),
        ("google/gemini-2.5-pro", "gemma-2-9b-it", None, "same"),
        ("mistral/mistral-large", "Mixtral_8x7B", None, "same"),
        ("ollama/llama3.1", "meta-llama/Llama-3-8B", None, "same"),
        ("local/some-model", "claude", None, "unknown"),
        ("openai/gpt-5", "unnamed", None, "unknown"),
    ],
)
def test_a_judge_of_its_own_kind_is_noticed(judge: str, agent: str, version: str | None, wanted: str) -> None:
    ref = CoderRef(kind="judge", name=judge, version="1")
    assert self_judging(ref, Agent(id=agent, kind="digital", version=version)) == wanted


def test_a_name_may_belong_to_two_families() -> None:
    assert families_of("deepseek-r1-distill-llama-70b") == {"deepseek", "llama"}
