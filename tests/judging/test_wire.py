"""The real client of pydantic-ai against a real server that behaves well and badly."""

from __future__ import annotations

import importlib
import json
import socket
import sys
from threading import Thread

import pytest

from dtnexus.coding.judge.call import JudgeCall
from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.errors import MissingExtraError, UsageError
from dtnexus.judging.delivery import Delivered, Parameters, Trouble
from dtnexus.judging.opening import open_wire
from dtnexus.judging.target import JudgeTarget, targets_of
from tests.coding.judge.scenes import framework, talk
from tests.judging.server import MODEL, JudgeServer


def first_call() -> JudgeCall:
    return JudgeSession(talk(), framework(), JudgeSettings()).first_calls()[0]


def target(url: str, name: str = "openai/some-model") -> JudgeTarget:
    return targets_of([f"judge:{name}"], [url])[0]


def sent(server: JudgeServer, times: int = 1, timeout: float = 20, **parameters: float) -> list[Delivered | Trouble]:
    wire = open_wire(target(server.url), Parameters.model_validate(parameters), timeout)
    try:
        return [wire.send(first_call()) for _ in range(times)]
    finally:
        wire.close()


def test_an_answer_comes_back_whole_with_model_and_tokens() -> None:
    call = first_call()
    with JudgeServer() as server:
        (outcome,) = sent(server)
    assert isinstance(outcome, Delivered)
    assert (outcome.model, outcome.usage.input_tokens, outcome.usage.output_tokens) == (MODEL, 1000, 200)
    session = JudgeSession(talk(), framework(), JudgeSettings())
    assert session.take(outcome.reply).fault is None
    body = server.seen[0].body
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert [message["content"] for message in body["messages"]] == [call.instructions, call.prompt]
    assert body["model"] == "some-model"
    assert body["temperature"] == 0
    assert body["max_tokens"] == Parameters().room(call) >= 4 * call.output_tokens
    assert not body.get("stream")
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["key"]["enum"] == call.answer_schema["properties"]["key"]["enum"]  # type: ignore[index, call-overload]


def test_no_temperature_is_sent_where_none_is_wanted() -> None:
    with JudgeServer() as server:
        wire = open_wire(target(server.url), Parameters(temperature=None), 20)
        wire.send(first_call())
        wire.close()
    assert "temperature" not in server.seen[0].body


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [("refusal", "refused"), ("content_filter", "refused"), ("length", "truncated")],
)
def test_what_the_model_declares_is_a_reply_that_says_so(behaviour: str, cause: str) -> None:
    with JudgeServer(behaviour=lambda number: behaviour) as server:
        (outcome,) = sent(server)
    assert isinstance(outcome, Delivered)
    assert (outcome.reply.kind, outcome.reply.cause) == ("failure", cause)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("says_no", "refused"),
        ("wrong_json", "unknown_id"),
        ("extra_text", "extra_text"),
        ("empty", "not_json"),
    ],
)
def test_a_bad_answer_is_taken_for_what_it_is(behaviour: str, code: str) -> None:
    with JudgeServer(behaviour=lambda number: behaviour) as server:
        (outcome,) = sent(server)
    assert isinstance(outcome, Delivered)
    fault = JudgeSession(talk(), framework(), JudgeSettings()).take(outcome.reply).fault
    assert fault is not None
    assert fault.code == code


@pytest.mark.parametrize(
    ("behaviour", "cause", "again", "closes"),
    [
        ("429", "rate_limited", True, False),
        ("quota", "rate_limited", False, True),
        ("500", "error", True, False),
        ("503", "error", True, False),
        ("504", "timeout", True, False),
        ("400", "error", False, False),
        ("401", "error", False, True),
        ("403", "error", False, True),
        ("404", "no_model", False, True),
        ("html", "error", True, False),
        ("not chat", "error", True, False),
        ("broken json", "error", True, False),
        ("half", "error", True, False),
        ("slow", "timeout", True, False),
    ],
)
def test_trouble_is_told_apart(behaviour: str, cause: str, again: bool, closes: bool) -> None:
    with JudgeServer(behaviour=lambda number: behaviour) as server:
        (outcome,) = sent(server, timeout=1 if behaviour == "slow" else 60)
        seen = len(server.seen)
    assert isinstance(outcome, Trouble)
    assert (outcome.cause, outcome.again, outcome.closes) == (cause, again, closes)
    assert seen == (2 if behaviour == "400" else 1), "the library tries nothing again by itself"
    assert "brother" not in outcome.detail
    assert outcome.wait == (1.0 if behaviour == "429" else None)


def test_nobody_there_is_trouble() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    wire = open_wire(target(url), Parameters(), 2)
    outcome = wire.send(first_call())
    wire.close()
    assert isinstance(outcome, Trouble)
    assert (outcome.cause, outcome.again) == ("error", True)


def test_a_redirect_is_not_followed() -> None:
    with JudgeServer(behaviour=lambda number: "redirect") as server:
        (outcome,) = sent(server)
    assert isinstance(outcome, Trouble)
    assert len(server.seen) == 1


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://198.51.100.7:3128")
    with JudgeServer() as server:
        (outcome,) = sent(server)
    assert isinstance(outcome, Delivered)


def test_a_server_without_schemas_is_asked_for_text_from_then_on() -> None:
    with JudgeServer(behaviour=lambda number: "no schema") as server:
        outcomes = sent(server, times=2)
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert [seen.structured for seen in server.seen] == [True, False, False]


def test_keys_go_to_their_own_address_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.delenv("DTNEXUS_JUDGE_KEY", raising=False)
    with JudgeServer() as server:
        sent(server)
        monkeypatch.setenv("DTNEXUS_JUDGE_KEY", "sk-of-this-server")
        sent(server)
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer none", "Bearer sk-of-this-server"]


@pytest.mark.parametrize(
    ("name", "variable"),
    [("openai/m", "OPENAI_API_KEY"), ("anthropic/m", "ANTHROPIC_API_KEY"), ("mistral/m", "MISTRAL_API_KEY")],
)
def test_a_missing_key_is_named(name: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(UsageError, match=variable):
        open_wire(targets_of([f"judge:{name}"], [])[0], Parameters(), 1)


@pytest.mark.parametrize("provider", ["anthropic", "google", "mistral", "bedrock"])
def test_a_missing_library_says_what_installs_it(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setitem(sys.modules, f"pydantic_ai.models.{provider}", None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'dtnexus\[judge-{provider}\]'"):
        open_wire(targets_of([f"judge:{provider}/m"], [])[0], Parameters(), 1)


def test_without_pydantic_ai_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"pip install 'dtnexus\[judge\]'"):
        open_wire(target("http://127.0.0.1:1/v1"), Parameters(), 1)


def test_calls_under_way_end_when_the_wire_is_closed() -> None:
    outcomes: list[Delivered | Trouble] = []
    with JudgeServer(behaviour=lambda number: "slow") as server:
        wire = open_wire(target(server.url), Parameters(), 20)
        asking = Thread(target=lambda: outcomes.append(wire.send(first_call())))
        asking.start()
        while not server.seen:
            pass
        wire.close()
        asking.join(timeout=2)
    assert not asking.is_alive()
    assert [isinstance(outcome, Trouble) for outcome in outcomes] == [True]
    assert isinstance(wire.send(first_call()), Trouble)


def test_ollama_is_reached_the_same_way() -> None:
    with JudgeServer() as server:
        wire = open_wire(target(server.url, "ollama/llama3"), Parameters(), 20)
        outcome = wire.send(first_call())
        wire.close()
    assert isinstance(outcome, Delivered)
    assert server.seen[0].body["model"] == "llama3"
    assert "max_tokens" in server.seen[0].body
    assert json.dumps(server.seen[0].body).count("max_completion_tokens") == 0
