"""Bad targets: each sort of trouble is told apart, waits end, and no words, keys or headers are repeated."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dtnexus.probing.targets.chat import Opening, Sent, TargetTrouble
from dtnexus.probing.targets.limits import Limits, Pace, waits
from dtnexus.probing.targets.naming import TargetOptions, target_named
from dtnexus.running.work import guarded
from tests.probing import servers
from tests.probing.servers import Behaviour, chat, free_port, in_order, refuses, says, serving

OPENING = Opening("c", 0, "on", "run")
LIMITS = Limits(timeout_s=0.4, stream_s=0.4, reply_bytes=20_000, tries=3)


class Slept:
    """A pace whose waits take no time and are written down."""

    def __init__(self, per_second: float | None = None) -> None:
        self.waits: list[float] = []
        self.pace = Pace(per_second, sleep=self.waits.append)


def trouble(behave: Behaviour, stream: bool = False, limits: Limits = LIMITS) -> tuple[TargetTrouble, int]:
    slept = Slept()
    with serving(behave) as server:
        options = TargetOptions(guarded, limits, slept.pace, server.address, stream=stream)
        target = target_named("openai:m", options, {"DTNEXUS_PROBE_KEY": "sk-secret"})
        began = time.monotonic()
        with pytest.raises(TargetTrouble) as raised:
            target.open(OPENING).say("words of the client")
        assert time.monotonic() - began < 6
    assert not [word for word in ("words of the client", "sk-secret", "Bearer") if word in str(raised.value)]
    return raised.value, len(server.asked)


@pytest.mark.parametrize(
    ("behave", "kind", "part", "tries"),
    [
        (servers.html, "not_json", "looks like a page of HTML", 1),
        (lambda to, asked: to.body('"text"'), "bad_reply", "choices[0].message", 1),
        (lambda to, asked: to.body('{"choices": []}'), "bad_reply", "choices[0].message", 1),
        (lambda to, asked: to.body("[" * 100_000), "too_long", "more than 20000 bytes", 1),
        (lambda to, asked: to.body("[" * 10_000), "not_json", "JSON was wanted", 1),
        (refuses(401), "wrong_key", "HTTP 401", 1),
        (refuses(403), "wrong_key", "HTTP 403", 1),
        (refuses(404), "refused", "HTTP 404", 1),
        (refuses(429), "rate_limited", "HTTP 429", 3),
        (refuses(500), "server_error", "HTTP 500", 3),
        (refuses(503), "server_error", "HTTP 503", 3),
        (refuses(429, Retry_After="9999"), "rate_limited", "asks to wait 9999 s", 1),
        (servers.redirects, "refused", "another address, which is not followed", 1),
        (servers.silent, "timeout", "0.4 s", 2),
        (servers.drips, "timeout", "0.4 s", 2),
        (servers.huge, "too_long", "more than 20000 bytes", 1),
        (servers.cut_short, "session_lost", "broke off", 3),
        (servers.hangs_up, "session_lost", "broke off", 3),
        (servers.no_http, "not_json", "no HTTP", 1),
    ],
)
def test_whole_replies(behave: Behaviour, kind: str, part: str, tries: int) -> None:
    raised, asked = trouble(behave)
    assert raised.kind == kind, raised
    assert part in raised.detail
    assert asked == tries


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (servers.endless, "endless_stream"),
        (servers.cut_stream, "session_lost"),
        (servers.html, "not_json"),
    ],
)
def test_streams(behave: Behaviour, kind: str) -> None:
    assert trouble(behave, stream=True)[0].kind == kind


def test_an_endless_stream_within_its_size_ends_by_the_clock() -> None:
    raised, _ = trouble(servers.endless, stream=True, limits=Limits(timeout_s=0.4, stream_s=0.4, tries=3))
    assert raised.kind == "endless_stream"
    assert "within 0.4 s" in raised.detail


def test_a_target_that_is_down() -> None:
    slept = Slept()
    options = TargetOptions(guarded, LIMITS, slept.pace, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(TargetTrouble) as raised:
        target_named("openai:m", options, {}).open(OPENING).say("x")
    assert raised.value.kind == "target_down"
    assert "Connection refused" in raised.value.detail
    assert len(slept.waits) == LIMITS.tries - 1


def test_what_passes_is_tried_again_and_told() -> None:
    slept = Slept()
    seen: list[Sent] = []
    with serving(in_order(refuses(500), refuses(429, Retry_After="7"), says("fine"))) as server:
        options = TargetOptions(guarded, LIMITS, slept.pace, server.address)
        assert target_named("openai:m", options, {}).open(OPENING, (), seen.append).say("x").text == "fine"
    assert [each.outcome for each in seen] == ["server_error", "rate_limited", "answered"]
    assert [each.attempt for each in seen] == [0, 1, 2]
    assert 0.25 <= slept.waits[0] <= 0.75
    assert slept.waits[1] == 7


def test_the_jitter_is_drawn_from_the_seed() -> None:
    assert waits(Limits(seed=1), "k", 0) == waits(Limits(seed=1), "k", 0)
    assert waits(Limits(seed=1), "k", 0) != waits(Limits(seed=2), "k", 0)
    assert [waits(Limits(), "k", attempt) <= 30 for attempt in range(12)] == [True] * 12


def test_the_rate_is_kept_over_all_sessions() -> None:
    slept = Slept(per_second=2.0)
    slept.pace.clock = lambda: 100.0
    with serving(says("fine")) as server:
        target = target_named("openai:m", TargetOptions(guarded, LIMITS, slept.pace, server.address), {})
        for _ in range(4):
            target.open(OPENING).say("x")
    assert slept.waits == [0.5, 1.0, 1.5]


def test_a_request_that_may_have_arrived_is_not_sent_twice_in_a_session(tmp_path: Path) -> None:
    yaml = 'url: {}/x\nrequest: {{t: "{{{{text}}}}"}}\nreply: {{plain: true}}\nsession: {{id: ours}}\n'
    for behave, asked in ((refuses(500), 1), (servers.silent, 1), (refuses(429), 3)):
        with serving(behave) as server:
            path = tmp_path / "map.yaml"
            path.write_text(yaml.format(server.address))
            target = target_named(f"http:{path}", TargetOptions(guarded, LIMITS, Slept().pace), {})
            with pytest.raises(TargetTrouble):
                target.open(OPENING).say("x")
            assert len(server.asked) == asked


def test_a_session_that_the_server_has_forgotten_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    with serving(in_order(lambda to, asked: to.body("hello", "text/plain"), refuses(404))) as server:
        path.write_text(
            f'url: {server.address}/x\nrequest: {{t: "{{{{text}}}}"}}\nreply: {{plain: true}}\nsession: {{id: ours}}\n'
        )
        session = target_named(f"http:{path}", TargetOptions(guarded, LIMITS, Slept().pace), {}).open(OPENING)
        assert session.say("x").text == "hello"
        with pytest.raises(TargetTrouble) as raised:
            session.say("y")
    assert raised.value.kind == "session_lost"


def test_an_empty_or_missing_content_is_an_empty_reply() -> None:
    for body in (chat(""), chat(None)):
        with serving(lambda to, asked, body=body: to.body(body)) as server:  # type: ignore[misc]
            target = target_named("openai:m", TargetOptions(guarded, LIMITS, Pace(), server.address), {})
            assert target.open(OPENING).say("x").text == ""


def test_words_may_stand_in_the_address_and_headers_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    with serving(lambda to, asked: to.body(f"{asked.method} {asked.path}", "text/plain")) as server:
        path.write_text(
            f"url: {server.address}/say?q={{{{text}}}}\nmethod: GET\nheaders: {{content-type: text/x}}\n"
            "reply: {plain: true}\n"
        )
        session = target_named(f"http:{path}", TargetOptions(guarded, LIMITS, Slept().pace), {}).open(OPENING)
        assert session.say("a & b/ü").text == "GET /say?q=a%20%26%20b%2F%C3%BC"
    kinds = [value for name, value in server.asked[0].headers.items() if name.lower() == "content-type"]
    assert kinds == ["text/x"]
