"""Profile files: every field optional, unknown stays unknown, every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.catalog import load_framework, load_profile, profile_fields
from dtnexus.errors import InputError, ProfileError
from dtnexus.framework import Framework

SMALL = Path(__file__).parent / "small_framework"
FULL = """\
# yaml-language-server: $schema=profile.schema.json
agent_id: bot
kind: digital
version: "3"
facts:
  hours.a_day: 24
  place: home
  recorded: unknown
  tongues: [en, de]
  owner:
    value: A company
    document: imprint
    dated: 2026-10-01
    checked_by: J
document_ratings:
- {criterion: upkeep, score: 2, because: A contact., document: imprint, dated: 2026-10-01, checked_by: J}
"""
FAULTS = {
    "unknown field": ("facts:\n  plaice: home\n", "unknown-key", 2, "did you mean 'place'"),
    "unknown key": ("fact: {}\n", "unknown-key", 1, "did you mean 'facts'"),
    "flag": ("facts:\n  recorded: yes\n", "bad-value", 2, "true or false, or 'unknown'"),
    "number": ("facts:\n  hours.a_day: true\n", "bad-value", 2, "a number of hours"),
    "text": ("facts:\n  owner: 7\n", "bad-value", 2, "put it in quotes"),
    "choice": ("facts:\n  place: hom\n", "bad-value", 2, "did you mean 'home'"),
    "list": ("facts:\n  tongues: en\n", "bad-value", 2, "a list"),
    "list's choice": ("facts:\n  tongues: [en, fr]\n", "bad-value", 2, "one of en, de"),
    "with ground": ("facts:\n  place:\n    document: d\n    value: nowhere\n", "bad-value", 4, "home, clinic"),
    "ground's key": ("facts:\n  place:\n    value: home\n    source: d\n", "unknown-key", 4, "document"),
    "ground's date": ("facts:\n  place:\n    value: home\n    dated: soon\n", "wrong-type", 4, "YYYY-MM-DD"),
    "nested names": ("facts:\n  hours:\n    a_day: 3\n", "wrong-type", 2, "'hours.a_day'"),
    "kind": ("kind: robot\n", "unknown-choice", 1, "digital"),
    "empty agent": ('agent_id: ""\n', "empty", 1, "some text"),
    "rating off the scale": (
        "document_ratings:\n- criterion: upkeep\n  score: 5\n  because: b\n  document: d\n  dated: 2026-01-01\n"
        "  checked_by: c\n",
        "out-of-range", 3, "at most 4",
    ),
    "rating of no such criterion": ("document_ratings:\n- criterion: upkep\n", "dangling", 2, "did you mean 'upkeep'"),
    "rating of talk": ("document_ratings:\n- criterion: warmth-1\n", "dangling", 2, "evidence S"),
    "rating without ground": ("document_ratings:\n- criterion: upkeep\n", "missing-field", 2, "'because'"),
    "repeated key": ("kind: human\nkind: digital\n", "repeated-key", 2, "first in line 1"),
    "syntax": ("facts: [\n", "syntax", 2, "YAML"),
    "no mapping": ("- 1\n", "no-mapping", 1, "a mapping"),
}  # fmt: skip


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework(SMALL)


def written(folder: Path, text: str, name: str = "profile.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_profile(tmp_path: Path, framework: Framework) -> None:
    profile = load_profile(written(tmp_path, FULL), framework)
    assert (profile.agent_id, profile.kind, profile.version) == ("bot", "digital", "3")
    assert profile.value("hours.a_day") == 24
    assert profile.value("tongues") == ("en", "de")
    assert profile.value("recorded") is None
    assert profile.value("owner") == "A company"
    assert profile.facts["owner"].document == "imprint"
    assert profile.document_ratings[0].score == 2


@pytest.mark.parametrize("text", ["kind: unknown\n", "facts:\n", "facts: {place: unknown, owner: , recorded: {}}\n"])
def test_everything_is_optional_and_unknown_until_stated(tmp_path: Path, framework: Framework, text: str) -> None:
    profile = load_profile(written(tmp_path, text), framework)
    assert (profile.agent_id, profile.kind) == ("*", "unknown")
    assert all(profile.value(name) is None for name in profile_fields(framework))


def test_json_is_fine(tmp_path: Path, framework: Framework) -> None:
    path = written(tmp_path, '{"kind": "human", "facts": {"recorded": false}}', "profile.json")
    assert load_profile(str(path), framework).value("recorded") is False


@pytest.mark.parametrize(("text", "code", "line", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_faults(tmp_path: Path, framework: Framework, text: str, code: str, line: int, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ProfileError) as caught:
        load_profile(path, framework)
    found = [fault for fault in caught.value.faults if (fault.code, fault.line, fault.path) == (code, line, str(path))]
    assert any(words in str(fault) for fault in found), caught.value


def test_one_mistake_is_one_fault(tmp_path: Path, framework: Framework) -> None:
    for text in ("facts:\n  plaice: home\n", "facts:\n  recorded: yes\n", "facts:\n  hours:\n    a_day: 3\n"):
        with pytest.raises(ProfileError) as caught:
            load_profile(written(tmp_path, text), framework)
        assert len(caught.value.faults) == 1, caught.value


def test_all_faults_come_at_once(tmp_path: Path, framework: Framework) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(written(tmp_path, "kind: robot\nfacts:\n  place: hom\n  plaice: home\n"), framework)
    assert [fault.line for fault in caught.value.faults] == [1, 3, 4]


def test_no_such_file(framework: Framework) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_profile("nowhere.yaml", framework)


def test_a_profile_of_the_shipped_framework(tmp_path: Path) -> None:
    text = "facts:\n  memory.cross_session: none\n  session_cap: 1\n  modality: [text]\n  handover: warm\n"
    profile = load_profile(written(tmp_path, text), load_framework("dtn-op"))
    assert profile.value("memory.cross_session") == "none"
    assert profile.value("session_cap") == 1
