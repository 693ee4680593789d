"""What every kind of target does alike, against agents of one behaviour."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from dtnexus.probing.targets.chat import ChatTarget, Opening, Reply, Said, Sent, TargetTrouble
from dtnexus.probing.targets.limits import Limits, Pace
from dtnexus.probing.targets.naming import TargetOptions, target_named
from dtnexus.running.work import guarded
from tests.probing.servers import Asked, Behaviour, Handler, chat, delta, serving

SECRET = "sk-very-secret-value"
LIMITS = Limits(timeout_s=5, stream_s=5, tries=2)


def counted(number: int, text: str) -> str:
    """The agent of this suite: it numbers the client's turns of a session, and can be asked to do odd things."""
    if text == "be empty":
        return ""
    if text == "two lines":
        return f"{number}: first\nsecond"
    return f"{number}: {text} – ünïcødé 🙂"


def answers(messages: list[dict[str, str]]) -> str:
    said = [each["content"] for each in messages if each["role"] == "user"]
    return counted(len(said), said[-1])


PROGRAM = """
import json, sys
sys.stdin.reconfigure(encoding="utf-8"); sys.stdout.reconfigure(encoding="utf-8")
for number, line in enumerate(sys.stdin, start=1):
    text = line.rstrip("\\n")
    reply = {"be empty": "", "two lines": f"{number}: first\\nsecond"}.get(text, f"{number}: {text} – ünïcødé 🙂")
    print(json.dumps({"text": reply}) if "\\n" in reply else reply, flush=True)
"""


def openai(to: Handler, asked: Asked) -> None:
    reply = answers(asked.body["messages"])
    if not asked.body["stream"]:
        return to.body(chat(reply, "as-returned"))
    to.start_stream()
    for start in range(0, len(reply), 5):
        to.event(delta(reply[start : start + 5]))
    to.event(delta("", "stop"))
    to.event("[DONE]")


class Plain:
    """A server with sessions of its own, and a stateless one, over JSON, text and events."""

    def __init__(self) -> None:
        self.sessions: dict[str, int] = {}

    def __call__(self, to: Handler, asked: Asked) -> None:
        if asked.path == "/open":
            name = f"sess/{len(self.sessions)}"
            self.sessions[name] = 0
            return to.body(json.dumps({"id": name}))
        if asked.method == "DELETE":
            return to.body("{}")
        if "messages" in asked.body:
            reply = answers(asked.body["messages"])
        else:
            self.sessions[asked.body["s"]] = self.sessions.get(asked.body["s"], 0) + 1
            reply = counted(self.sessions[asked.body["s"]], asked.body["t"])
        if asked.path == "/text":
            return to.body(reply, "text/plain; charset=utf-8")
        if asked.path == "/events":
            to.start_stream()
            for word in reply.split(" ") if reply else []:
                to.event(json.dumps({"d": word if reply.startswith(word) else f" {word}"}))
            return to.event("[END]")
        return to.body(json.dumps({"a": [{"b/c": reply}], "s": asked.body.get("s")}))


MAPPINGS = {
    "http stateless": """
url: {address}/json
request: {{messages: "{{{{messages}}}}"}}
reply: {{json: /a/0/b~1c}}
""",
    "http their session": """
url: {address}/json
headers: {{X-Key: "key ${{THE_KEY}}"}}
request: {{t: "{{{{text}}}}", s: "{{{{session_id}}}}"}}
reply: {{json: /a/0/b~1c}}
session:
  id: theirs
  open: {{url: "{address}/open", request: {{who: "{{{{client}}}}"}}, id: /id}}
  close: {{url: "{address}/close/{{{{session_id}}}}", method: DELETE}}
""",
    "http our session, text": """
url: {address}/text
request: {{t: "{{{{text}}}}", s: "{{{{session_id}}}}"}}
reply: {{plain: true}}
session: {{id: ours}}
""",
    "http our session, events": """
url: {address}/events
request: {{t: "{{{{text}}}}", s: "{{{{session_id}}}}"}}
reply: {{events: /d, done: "[END]"}}
session: {{id: ours}}
""",
}
KINDS = ("openai", "openai streamed", "python", "command", *MAPPINGS)


@contextmanager
def target_of(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatTarget]:
    environment = {"DTNEXUS_PROBE_KEY": SECRET, "THE_KEY": SECRET}
    monkeypatch.chdir(folder)
    with ExitStack() as stack:
        base = None
        if kind.startswith("openai"):
            base = stack.enter_context(serving(openai)).address + "/v1"
            spec = "openai:the-model"
        elif kind == "python":
            (folder / "contract_bot.py").write_text(f"from {__name__} import answers as reply\n")
            spec = "python:contract_bot:reply"
        elif kind == "command":
            (folder / "bot.py").write_text(PROGRAM, encoding="utf-8")
            spec = f"command:'{sys.executable}' bot.py"
        else:
            behave: Behaviour = Plain()
            address = stack.enter_context(serving(behave)).address
            (folder / "map.yaml").write_text(MAPPINGS[kind].format(address=address))
            spec = "http:map.yaml"
        options = TargetOptions(guarded, LIMITS, Pace(), base, stream=kind.endswith("streamed"), network=False)
        target = target_named(spec, options, environment)
        stack.callback(target.close)
        yield target


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatTarget]:
    with target_of(request.param, tmp_path, monkeypatch) as made:
        yield made


def opening(session: int = 0, client: str = "c0") -> Opening:
    return Opening(client, session, "on", "PB01-early-on-s0-r0")


def test_it_answers_turn_by_turn(target: ChatTarget) -> None:
    session = target.open(opening())
    assert session.greeting is None
    assert session.say("one").text == "1: one – ünïcødé 🙂"
    assert session.say("and “two”").text == "2: and “two” – ünïcødé 🙂"
    session.close()
    session.close()


def test_a_new_session_begins_anew_also_side_by_side(target: ChatTarget) -> None:
    first, second = target.open(opening(0)), target.open(opening(1))
    assert first.say("a").text[:2] == "1:"
    assert second.say("b").text[:2] == "1:"
    assert first.say("c").text[:2] == "2:"
    first.close()
    second.close()


def test_an_empty_reply_is_a_reply(target: ChatTarget) -> None:
    session = target.open(opening())
    assert session.say("be empty").text == ""
    assert session.say("on").text[:2] == "2:"
    session.close()


def test_a_reply_may_have_several_lines(target: ChatTarget) -> None:
    session = target.open(opening())
    assert session.say("two lines").text in ("1: first\nsecond", "1: first second")
    session.close()


def test_it_is_gone_on_with_where_it_says_so(target: ChatTarget) -> None:
    before = [Said("x", "1: x"), Said("y", "2: y")]
    if not target.goes_on:
        with pytest.raises(ValueError, match="cannot be gone on with"):
            target.open(opening(), before)
        return
    session = target.open(opening(), before)
    assert session.say("z").text[:2] == "3:"
    session.close()


def test_every_request_is_witnessed_without_words(target: ChatTarget) -> None:
    seen: list[Sent] = []
    session = target.open(opening(), (), seen.append)
    before = len(seen)
    session.say("words of the client")
    assert len(seen) == before + 1
    assert seen[-1].outcome == "answered"
    assert len(seen[-1].sha256) == 64
    assert "words of the client" not in repr(seen)
    session.close()


def test_no_secret_is_in_any_text_of_it(target: ChatTarget) -> None:
    for text in (target.name, target.settings, target.agent_id, repr(target) if "Http" in repr(target)[:5] else ""):
        assert SECRET not in text
    assert target.scope in ("loopback", "process")
    assert not target.unencrypted


def test_the_name_of_the_model_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with target_of("openai", tmp_path, monkeypatch) as target:
        assert target.open(opening()).say("x").answered_as == "as-returned"


def test_keys_and_variables_reach_the_server_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(openai) as server:
        options = TargetOptions(guarded, LIMITS, Pace(), server.address)
        target_named("openai:m", options, {"DTNEXUS_PROBE_KEY": SECRET}).open(opening()).say("x")
        assert server.asked[0].headers["Authorization"] == f"Bearer {SECRET}"
        target_named("openai:m", options, {}).open(opening()).say("x")
        assert "Authorization" not in server.asked[1].headers


def test_a_secret_that_comes_back_is_taken_out() -> None:
    def repeats(to: Handler, asked: Asked) -> None:
        to.body(chat(f"You sent {asked.headers['Authorization']}"))

    with serving(repeats) as server:
        options = TargetOptions(guarded, LIMITS, Pace(), server.address)
        reply = target_named("openai:m", options, {"DTNEXUS_PROBE_KEY": SECRET}).open(opening()).say("x")
    assert reply == Reply("You sent Bearer [secret removed]", "m")


def raises(messages: object) -> str:
    raise KeyError("words of the client")


def wrong(messages: object) -> object:
    return {"reply": "x"}


def hangs(messages: object) -> str:
    import time  # noqa: PLC0415

    time.sleep(2)
    return "late"


@pytest.mark.parametrize(
    ("function", "kind", "detail"),
    [
        (raises, "crashed", "the function raised KeyError"),
        (wrong, "bad_reply", "the function returned dict; text is wanted"),
        (hangs, "timeout", "the function did not return within 0.3 s"),
    ],
)
def test_a_function_that_fails_is_trouble(function: Callable[..., object], kind: str, detail: str) -> None:
    options = TargetOptions(guarded, Limits(timeout_s=0.3), Pace())
    target = target_named(f"python:{__name__}:{function.__name__}", options, {})
    with pytest.raises(TargetTrouble) as raised:
        target.open(opening()).say("words of the client")
    assert (raised.value.kind, raised.value.detail) == (kind, detail)


@pytest.mark.parametrize(
    ("program", "kind", "part"),
    [
        ("import sys; sys.exit(7)", "session_lost", "exit code 7"),
        ("import sys; input(); print('x'*200000)", "too_long", "more than 1000 bytes"),
        ("import sys; [None for _ in sys.stdin]", "timeout", "wrote no line within 0.5 s"),
        ("input(); print('one', flush=True)", "session_lost", "exit code 0"),
    ],
)
def test_a_program_that_fails_is_trouble(program: str, kind: str, part: str, tmp_path: Path) -> None:
    script = tmp_path / "bot.py"
    script.write_text(program)
    options = TargetOptions(guarded, Limits(timeout_s=0.5 if kind == "timeout" else 10, reply_bytes=1000), Pace())
    target = target_named(f"command:{sys.executable} {script}", options, {})
    with pytest.raises(TargetTrouble) as raised:
        session = target.open(opening())
        for _ in range(3):
            session.say("words")
    target.close()
    assert raised.value.kind == kind
    assert part in raised.value.detail


def test_a_program_may_greet(tmp_path: Path) -> None:
    script = tmp_path / "bot.py"
    script.write_text(
        "import os\nprint('Hello, ' + os.environ['DTNEXUS_CLIENT'], flush=True)\ninput()\nprint('x', flush=True)"
    )
    target = target_named(f"command:{sys.executable} {script}", TargetOptions(guarded, LIMITS, Pace(), greets=True), {})
    session = target.open(opening(client="someone"))
    assert session.greeting == "Hello, someone"
    assert session.say("a\nb").text == "x"
    session.close()
    target.close()
