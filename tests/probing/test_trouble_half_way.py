"""Trouble half way: what is missing is told with its cause, the rest is kept, and the same command goes on.

Eight sorts: a target that goes down, a key that is taken back, HTML, an empty reply, an endless stream, a storm of
429, a reply in another language, a session that is lost.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtnexus.probe_battery import Battery, MissingWhy, Trouble
from tests.cli.program import call
from tests.probing import servers
from tests.probing.servers import Behaviour, in_order, leaves_after, refuses, says, serving
from tests.probing.test_probe_run import battery, http

FINE = "I am a program and not a person. What weighs most on you this evening, and since when?"
GERMAN = "Das klingt schwer, und ich möchte gern wissen, was dich bewegt."
PLAY = ("--only", "PB18", "--repeats", "3", "--max-reply", "5000", "-o", "run")
ANSWERED = 6
"""Replies before the trouble: all four of the first run, two of the second."""
TROUBLE: dict[str, tuple[Behaviour, str, str]] = {
    "wrong key": (refuses(401), "wrong_key", "HTTP 401"),
    "html": (servers.html, "not_json", "looks like a page of HTML"),
    "endless": (servers.endless, "endless_stream", "more than 5000 bytes"),
    "storm": (refuses(429), "rate_limited", "HTTP 429"),
    "timeout": (servers.silent, "timeout", "1.5 s"),
    "session lost": (servers.hangs_up, "session_lost", "broke off"),
}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def missing(found: Battery) -> list[list[MissingWhy | None]]:
    return [[each.missing for each in run.occasions] for run in found.runs]


def losses(bench: Path) -> dict[str, int]:
    """What the report says is missing."""
    found: dict[str, int] = json.loads((bench / "run" / "summary.json").read_bytes())["losses"]
    return found


def told(err: str) -> str:
    return " ".join(err.split())


def check_half(bench: Path, kind: str, detail: str, err: str) -> None:
    """Two runs and a bit were played; the rest is named with its cause, in the file and on the screen."""
    half = battery(bench / "run")
    after = "not_tried" if kind == "wrong_key" else kind
    assert missing(half) == [[None] * 3, [None, kind, kind], [after] * 3]
    assert [run.state for run in half.runs] == ["complete", "partial", "not_played"]
    cut = half.runs[1].trouble
    assert isinstance(cut, Trouble)
    assert (cut.kind, cut.session, cut.at) == (kind, 0, "human-2")
    assert detail in cut.detail
    assert f"{kind.replace('_', ' ')}: {1 if kind == 'wrong_key' else 2} run" in told(err)
    assert f"occasions missing, {kind.replace('_', ' ')}: " in told(err)
    assert all(each.score is not None for each in half.runs[0].occasions)
    assert half.runs[1].occasions[0].score is not None
    assert losses(bench) == {"runs not played": 1, "runs in part": 1}
    report = (bench / "run" / "report.html").read_text(encoding="utf-8")
    assert "runs not played" in report
    assert "runs in part" in report


def check_whole(bench: Path, before: bytes, code: int) -> None:
    """What was said stays as it was; nothing was asked again of what had been answered."""
    assert code == 0
    whole = battery(bench / "run")
    assert missing(whole) == [[None] * 3] * 3
    assert losses(bench) == {}
    assert whole.runs[0].attempts == whole.runs[1].attempts == 1
    after = (bench / "run" / "exchanges.jsonl").read_bytes()
    assert after.startswith(before)
    assert after.count(b'"kind":"answered"') == 12


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_half_way(name: str, bench: Path) -> None:
    behave, kind, detail = TROUBLE[name]
    stream = ("--stream",) if kind == "endless_stream" else ()
    more = (*stream, "--timeout", "1.5") if kind == "timeout" else stream
    fine = says(FINE) if not stream else streams
    with serving(in_order(*[fine] * ANSWERED, behave)) as server:
        code, _, err = call(*http(server.address, *PLAY, *more))
        assert code == 3
        check_half(bench, kind, detail, err)
        kept = (bench / "run" / "exchanges.jsonl").read_bytes()
        server.behave = fine
        check_whole(bench, kept, call(*http(server.address, *PLAY, *more)).code)


def streams(to: servers.Handler, asked: servers.Asked) -> None:
    to.start_stream()
    to.event(servers.delta(FINE))
    to.event("[DONE]")


def test_a_target_that_goes_down_half_way_and_comes_up_again(bench: Path) -> None:
    port = servers.free_port()
    with serving(in_order(*[says(FINE)] * (ANSWERED - 1), leaves_after(FINE)), port) as server:
        code, _, err = call(*http(server.address, *PLAY))
        assert code == 3
        check_half(bench, "target_down", f"no connection to 127.0.0.1:{port}", err)
    kept = (bench / "run" / "exchanges.jsonl").read_bytes()
    with serving(says(FINE), port) as server:
        check_whole(bench, kept, call(*http(server.address, *PLAY)).code)


@pytest.mark.parametrize(("words", "why"), [("", "empty_reply"), ("...", "empty_reply"), (GERMAN, "other_language")])
def test_a_reply_that_cannot_be_read_takes_its_own_occasion_and_no_more(words: str, why: str, bench: Path) -> None:
    """It is what the agent said: nothing is played again, and asking again would be no mending."""
    with serving(in_order(*[says(FINE)] * 5, says(words), says(FINE))) as server:
        code, _, err = call(*http(server.address, *PLAY))
        assert code == 0, err
        found = battery(bench / "run")
        assert missing(found) == [[None] * 3, [why, None, None], [None] * 3]
        assert found.runs[1].occasions[0].score is None
        assert all(each.score is not None for run in found.runs for each in run.occasions if each.missing is None)
        assert f"occasions missing, {why.replace('_', ' ')}: 1" in told(err)
        assert losses(bench) == ({"replies empty": 1} if why == "empty_reply" else {})
        asked = len(server.asked)
        again = call(*http(server.address, *PLAY))
        assert again.code == 0
        assert len(server.asked) == asked == 12
    rated = [json.loads(line) for line in (bench / "run" / "ratings.jsonl").read_text().splitlines()]
    cut = next(each for each in rated if each.get("criterion") == "F1" and each["interaction_id"].endswith("-r1"))
    assert [each["cue_turn"] for each in cut["episodes"] if each["cue_turn"] is not None] == [4, 6]


def test_a_lost_session_of_a_program_is_played_anew_and_the_rest_is_kept(bench: Path) -> None:
    mapping = bench / "map.yaml"
    yaml = 'url: {}/x\nrequest: {{t: "{{{{text}}}}"}}\nreply: {{plain: true}}\nsession: {{id: ours}}\nagent: bot\n'
    plain: Behaviour = lambda to, asked: to.body(FINE, "text/plain")  # noqa: E731
    with serving(in_order(*[plain] * ANSWERED, refuses(404), refuses(404), plain)) as server:
        mapping.write_text(yaml.format(server.address))
        play = ("probe", "run", "--target", "http:map.yaml", "--no-network", "--tries", "1", *PLAY)
        code, _, err = call(*play)
        assert code == 3
        half = battery(bench / "run")
        assert missing(half)[:2] == [[None] * 3, [None, "session_lost", "session_lost"]]
        assert "session lost: 1 run" in told(err)
        kept = (bench / "run" / "exchanges.jsonl").read_bytes()
        assert call(*play).code == 0
    whole = battery(bench / "run")
    assert missing(whole) == [[None] * 3] * 3
    assert (whole.runs[0].attempts, whole.runs[1].attempts) == (1, 2)
    assert (bench / "run" / "exchanges.jsonl").read_bytes().startswith(kept)
