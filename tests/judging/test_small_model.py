"""The small model's server itself: it is what other tests rely on."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator

import pytest

from tests.small_model import NEEDS_MODEL, SmallModel, small_model

pytestmark = [pytest.mark.small_model, NEEDS_MODEL]

HELLO = [{"role": "user", "content": "Say hello in French, please."}]
COUNT = [{"role": "user", "content": "Count from one to ten in words."}]
SCHEMA = {
    "type": "object",
    "properties": {"mood": {"type": "string", "enum": ["glad", "sad"]}, "turn": {"type": "integer"}},
}


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
