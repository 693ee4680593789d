"""Plain data and nothing else; every fault with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtnexus.catalog.strict_yaml import Data, parse

VALUES: list[tuple[str, Data]] = [
    ("1", 1),
    ("-7", -7),
    ("1.50", 1.5),
    ("1e3", 1000.0),
    ("true", True),
    ("False", False),
    ("~", None),
    ("", None),
    ("'1'", "1"),
    ('"true"', "true"),
    # Words that YAML 1.1 turned into something else, and numbers that are none here.
    ("yes", "yes"),
    ("no", "no"),
    ("off", "off"),
    ("2026-01-02", "2026-01-02"),
    ("0x1F", "0x1F"),
    ("1_000", "1_000"),
    (".nan", ".nan"),
    (".inf", ".inf"),
    ("12:30", "12:30"),
    ("[1, a, {b: 2}]", [1, "a", {"b": 2}]),
    ("9" * 5000, "9" * 5000),
]
FAULTS = [
    ("repeated key", b"a: 1\nb: 2\na: 3\n", "repeated-key", 3),
    ("repeated key further in", b"a:\n  - x: 1\n    x: 2\n", "repeated-key", 3),
    ("python object", b"a: 1\nb: !!python/object/apply:os.system [x]\n", "tag", 2),
    ("own tag", b"a: !include other.yaml\n", "tag", 1),
    ("standard tag", b"a: !!binary aGk=\n", "tag", 1),
    ("anchor", b"a: &x 1\n", "anchor", 1),
    ("alias", b"a: 1\nb: *x\n", "alias", 2),
    ("merge by alias", b"a: {c: 1}\nb:\n  <<: *a\n", "alias", 3),
    ("complex key", b"? [a, b]\n: 1\n", "complex-key", 1),
    ("second document", b"a: 1\n---\nb: 2\n", "several-documents", 2),
    ("a list at the top", b"- 1\n", "no-mapping", 1),
    ("empty", b"", "no-mapping", 1),
    ("only a comment", b"# nothing\n", "no-mapping", 1),
    ("not UTF-8", b"a: 1\nb: \xe9\n", "not-utf-8", 2),
    ("UTF-16", "a: 1\n".encode("utf-16"), "not-utf-8", 1),
    ("control character", b"a: 1\nb: \x07\n", "syntax", 2),
    ("half a character", b'a: "\\ud800"\n', "syntax", 1),
    ("open bracket", b"a: [1\nb: 2\n", "syntax", 2),
    ("tab", b"a:\n\tb: 1\n", "syntax", 2),
    ("two colons", b"a: b: c\n", "syntax", 1),
    ("too deep", b"a: " + b"[" * 60 + b"]" * 60, "too-deep", 1),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text[:12] or "nothing" for text, _ in VALUES])
def test_values(text: str, value: Data) -> None:
    document = parse(f"a: {text}\n".encode(), "f.yaml")
    assert document.faults == ()
    found = document.data["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("content", "code", "line"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_faults(content: bytes, code: str, line: int) -> None:
    faults = parse(content, "f.yaml").faults
    assert [(fault.code, fault.line) for fault in faults] == [(code, line)]


def test_several_faults_are_all_listed() -> None:
    faults = parse(b"a: &x 1\na: 2\nb: !t 3\n", "f.yaml").faults
    assert [(fault.code, fault.line) for fault in faults] == [("anchor", 1), ("repeated-key", 2), ("tag", 3)]


def test_lines_of_keys_and_items() -> None:
    document = parse(b"# first\na:\n- x\n- y: 1\n  z: >-\n    long\n    text\nb: 2\n", "f.yaml")
    assert document.line(("a",)) == 2
    assert document.line(("a", 1)) == 4
    assert document.line(("a", 1, "z")) == 5
    assert document.line(("a", 1, "nothing", "here")) == 4
    assert document.line(("b",)) == 8


def test_json_and_a_byte_order_mark_are_fine() -> None:
    assert parse(b'\xef\xbb\xbf{"a": [1, null, true], "b": "x"}', "f.json").data == {"a": [1, None, True], "b": "x"}


@given(st.binary(max_size=200))
def test_never_raises(content: bytes) -> None:
    document = parse(content, "f.yaml")
    assert document.faults or document.data is not None
    assert all(fault.path == "f.yaml" for fault in document.faults)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@,?\n \t0.~<", max_size=80))
def test_never_raises_on_what_looks_like_yaml(text: str) -> None:
    document = parse(text.encode(), "f.yaml")
    assert document.broken <= bool(document.faults)
