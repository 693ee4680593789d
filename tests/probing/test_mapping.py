"""Mapping files: strict, every fault with its line; templates are filled and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import JsonValue

from dtnexus.errors import TargetError, UsageError
from dtnexus.probing.targets.hosts import place
from dtnexus.probing.targets.mapping import filled, headers, load_mapping
from dtnexus.probing.targets.sse import events

GOOD = """\
url: https://bot.example/chat/{{session_id}}
agent: my-bot
headers:
  Authorization: Bearer ${BOT_TOKEN}
request:
  message: "{{text}}"
reply: {json: /data/0/text}
session: {id: ours}
"""


def written(folder: Path, text: str) -> str:
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    mapping = load_mapping(path)
    assert mapping.agent == "my-bot"
    assert not mapping.stateless
    assert headers(mapping, {"BOT_TOKEN": "abc"}, path) == {"Authorization": "Bearer abc"}


@pytest.mark.parametrize(
    ("old", "new", "line", "wanted"),
    [
        ("agent: my-bot", "agnet: my-bot", 2, "did you mean 'agent'"),
        ("{{text}}", "{{txt}}", 6, "one of {{text}}"),
        ('"{{text}}"', "hello", 5, "{{text}} or {{messages}}"),
        ("{json: /data/0/text}", "{json: data}", 7, "pattern"),
        ("{json: /data/0/text}", "{json: /a, plain: true}", 7, "one of json, plain and events is wanted"),
        ("{json: /data/0/text}", "{plain: true, done: x}", 7, "done belongs to events"),
        ("https://bot.example", "ftp://bot.example", 1, "no http or https URL"),
        ("https://bot.example", "https://me:pw@bot.example", 1, "user or password"),
        ("https://bot.example", "https://{{client}}.example", 1, "one host for all requests"),
        ("/chat/", "/chat/${BOT_TOKEN}/", 1, "variables in headers only"),
        ("Bearer ${BOT_TOKEN}", "Bearer $BOT_TOKEN", 4, "${NAME} for an environment variable"),
        ("Bearer ${BOT_TOKEN}", "'{{client}}'", 4, "plain text and environment variables"),
        ("Authorization", '"Bad Name"', 4, "a header's name"),
        ("Authorization", "Host", 4, "follow from the request itself"),
        ("session: {id: ours}", "", 1, "a session, with id: ours or theirs"),
        ("{id: ours}", "{id: theirs}", 8, "id: theirs wants reply_id"),
        (
            "{id: ours}",
            '{id: ours, close: {url: "http://other.example/x"}}',
            8,
            "one host for all requests",
        ),
        ("url: https", "method: FETCH\nurl: https", 1, "'POST', 'PUT'"),
        ("agent: my-bot", "agent: &x my-bot", 2, "remove the anchor"),
    ],
)
def test_a_fault_is_told_with_its_line(old: str, new: str, line: int, wanted: str, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(TargetError) as raised:
        load_mapping(path)
    assert [fault for fault in raised.value.faults if fault.line == line and wanted in str(fault)], str(raised.value)


@pytest.mark.parametrize("value", ["", "two\nlines", "ünïcode"])
def test_a_variable_that_cannot_be_used_is_told_without_its_value(value: str, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    with pytest.raises(UsageError) as raised:
        headers(load_mapping(path), {"BOT_TOKEN": value}, path)
    assert "BOT_TOKEN" in str(raised.value)
    assert not value or value not in str(raised.value)


def test_a_template_is_filled_once_and_never_evaluated() -> None:
    messages: JsonValue = [{"role": "user", "content": "x"}]
    values: dict[str, JsonValue] = {"text": 'say "{{client}}" \\ ${HOME}', "client": "c", "messages": messages}
    assert filled("{{ text }}", values) == 'say "{{client}}" \\ ${HOME}'
    assert filled({"a": ["<{{text}}>", 3, None], "m": "{{messages}}"}, values) == {
        "a": ['<say "{{client}}" \\ ${HOME}>', 3, None],
        "m": [{"role": "user", "content": "x"}],
    }


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("[::1]", True), ("localhost", True), ("localhost.example", False),
     ("0.0.0.0", False), ("192.168.0.1", False), ("2130706433", False), ("bot.example", False)],
)  # fmt: skip
def test_loopback_is_what_can_only_be_this_machine(host: str, loopback: bool) -> None:
    assert place(f"http://{host}:80/x", "url").loopback is loopback


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_the_same_however_the_bytes_are_cut(size: int) -> None:
    raw = "data: one\n\n: note\r\nid: 3\r\ndata:two\r\ndata: lines ü\r\n\r\nevent: x\rdata: three\r\rdata: cut".encode()
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    assert list(events(pieces)) == ["one", "two\nlines ü", "three"]
