"""The small model's server itself: it is what other tests rely on."""

from __future__ import annotations

import json
import subprocess
import urllib.error
from collections.abc import Iterator

import pytest

from tests.small_model import NEEDS_MODEL, PYTHON, ROOT, SmallModel, small_model

pytestmark = [pytest.mark.small_model, NEEDS_MODEL]

HELLO = [{"role": "user", "content": "Say hello in French, please."}]
COUNT = [{"role": "user", "content": "Count from one to ten in words."}]
SCHEMA = {
    "type": "object",
    "properties": {"mood": {"type": "string", "enum": ["glad", "sad"]}, "turn": {"type": "integer"}},
}
RECORD = " ".join(f"Turn {number}: nothing much happened on day {number}, and nobody minded." for number in range(30))
"""Three blocks of tokens and a bit."""
EPISODES = {
    "type": "object",
    "properties": {
        "found": {"type": "string", "enum": ["yes", "no", "unclear"]},
        "episodes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "turn": {"type": "integer"},
                    "quote": {"type": "string"},
                    "minded": {"type": "string", "enum": ["yes", "no"]},
                },
            },
        },
    },
}
WITH_AND_WITHOUT = """
import json, sys
from benchmarks.small_model.closed_answers import FormWriter
from benchmarks.small_model.drafting import DraftPen
from benchmarks.small_model.language import Pen, SmallModel, Wish
from benchmarks.small_model.weights import find_weights

model = SmallModel(find_weights(), 1)
asked, form = json.loads(sys.stdin.read())
for temperature in (0.0, 1.0):
    for kind in (Pen, DraftPen):
        pen = model.pen(kind, model.prompt(asked), Wish(200, temperature, 3), lambda: True)
        writer = FormWriter(pen, form)
        pen.compose(writer.write) if isinstance(pen, DraftPen) else writer.write()
        print(model.text(pen.written))
"""


@pytest.fixture(scope="module")
def model() -> Iterator[SmallModel]:
    with small_model() as serving:
        yield serving


def words(answer: dict[str, object]) -> str:
    choices = answer["choices"]
    assert isinstance(choices, list)
    return str(choices[0]["message"]["content"])


def test_the_same_request_gets_the_same_reply_whatever_was_asked_before(model: SmallModel) -> None:
    first = words(model.complete(messages=HELLO, max_tokens=12))
    assert first.strip()
    model.complete(messages=COUNT, max_tokens=5)
    assert words(model.complete(messages=HELLO, max_tokens=12)) == first
    drawn = [words(model.complete(messages=COUNT, max_tokens=12, temperature=1.0, seed=3)) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_a_stream_says_what_a_whole_reply_says(model: SmallModel) -> None:
    whole = model.complete(messages=COUNT, max_tokens=12)
    raw = model.raw(messages=COUNT, max_tokens=12, stream=True, stream_options={"include_usage": True}).decode()
    events = [line.removeprefix("data: ") for line in raw.splitlines() if line.startswith("data: ")]
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    said = "".join(each["choices"][0]["delta"].get("content", "") for each in chunks if each["choices"])
    assert said == words(whole)
    assert chunks[-1]["usage"]["completion_tokens"] == 12


def test_room_and_stop_words_end_a_reply(model: SmallModel) -> None:
    whole = model.complete(messages=COUNT, max_tokens=12)
    assert whole["choices"][0]["finish_reason"] == "length"
    assert whole["usage"]["completion_tokens"] == 12
    stop = words(whole)[4:8]
    stopped = model.complete(messages=COUNT, max_tokens=12, stop=[stop])
    assert (words(stopped), stopped["choices"][0]["finish_reason"]) == (words(whole).split(stop)[0], "stop")


def test_a_schema_is_followed_where_that_is_said_and_refused_where_that_is_said(model: SmallModel) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
    answer = json.loads(words(model.complete(messages=HELLO, max_tokens=60, response_format=wanted)))
    assert answer["mood"] in ("glad", "sad")
    assert isinstance(answer["turn"], int)
    with pytest.raises(urllib.error.HTTPError) as refused:
        model.complete(model.refuse, messages=HELLO, response_format=wanted)
    assert refused.value.code == 400
    refused.value.close()


def test_what_is_too_long_for_the_model_is_refused(model: SmallModel) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        model.complete(messages=[{"role": "user", "content": "one two three four " * 3_000}])
    assert (refused.value.code, b"context length" in refused.value.read()) == (400, True)
    refused.value.close()


def asked_about(record: str, question: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"{record}\n\n{question}"}]


def test_what_is_kept_of_earlier_prompts_changes_no_reply(model: SmallModel) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": EPISODES}}
    questions = [asked_about(RECORD, each) for each in ("Who minded?", "What happened on day 12?")]
    with small_model(120, "--most-kept", "0") as forgetful:
        for asked in (*questions, questions[0]):
            for more in ({"response_format": wanted, "max_tokens": 200}, {"max_tokens": 12}):
                kept, plain = (each.complete(messages=asked, **more) for each in (model, forgetful))
                assert words(kept) == words(plain)
                assert plain["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
        assert kept["usage"]["prompt_tokens_details"]["cached_tokens"] >= 384
        assert kept["usage"]["prompt_tokens"] == plain["usage"]["prompt_tokens"]


def test_guesses_that_are_checked_give_the_answer_that_is_written_without_them() -> None:
    given = json.dumps([asked_about(RECORD, "Who minded?"), EPISODES])
    command = [str(PYTHON), "-c", WITH_AND_WITHOUT]
    ran = subprocess.run(command, input=given, capture_output=True, text=True, check=True, cwd=ROOT, timeout=900)
    cold, guessed, warm, drawn = ran.stdout.splitlines()
    assert set(json.loads(cold)) == {"found", "episodes"}
    assert (guessed, drawn) == (cold, warm)
