"""The shipped examples: readable without the program, exact as records, listed, marked and free of detail."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dtnexus.profile import AgentProfile
from dtnexus.rating import STATEMENT, CoderRef, Evidence, NotObservable, Observation, Rating
from dtnexus.transcript import Transcript

EXAMPLES = Path(__file__).parents[2] / "src" / "dtnexus" / "examples"
CONVERSATIONS = sorted((EXAMPLES / "conversations").iterdir())
PROFILES = sorted((EXAMPLES / "profiles").iterdir())
RATINGS = sorted((EXAMPLES / "ratings").iterdir())
MARK = "Synthetic example written for dtnexus. Nobody lived this conversation."
TEXT = re.compile(r"(?m)^(system|user|agent): ")

Said = list[tuple[str, str]]

TRANSCRIPT_CRITERIA = set("A1 A2 A3 B1 B2 B3 C1 C2 D1 D2 D3 D4 E1 E2 F1 F2 F3 F4 G1 G2 G3".split())
STARS = {"D4", "F1", "F2", "F3", "G1", "G2", "G3"}

# Words of means, of instruction, of real services and of real numbers. None belongs into an example.
FORBIDDEN = re.compile(
    r"\b(?:overdos\w*|noose|hang(?:ing)? myself|shoot|gun|pistol|rifle|razor\w*|blade|knife|bridge|rope|cyanide|"
    r"carbon monoxide|exhaust|poison\w*|paracetamol|acetaminophen|tylenol|ligature|\d+ ?mg|milligrams?|"
    r"samaritans|lifeline|childline|988|116 ?123|999|911|112|741741)\b",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\d-])\+?\d[\d ()-]{7,}\d")


def ids(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def blocks(text: str) -> Said:
    parts = TEXT.split(text)[1:]
    return [(role, words.strip()) for role, words in zip(parts[::2], parts[1::2], strict=True)]


def conversations(path: Path) -> Iterator[tuple[str, Said, bool]]:
    """Id, turns and mark of each conversation of a file, read without the program's readers."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        rows = list(csv.DictReader(text.splitlines()))
        (name,) = {row["transcript_id"] for row in rows}
        assert [row["utterance_id"] for row in rows] == [str(place) for place in range(len(rows))]
        marked = all(row["synthetic"] == "True" for row in rows)
        yield name, [(row["interlocutor"], row["utterance_text"]) for row in rows], marked
    elif path.suffix == ".txt" and text.startswith("System: "):
        said = [(name, words) for name, _, words in (line.partition(": ") for line in text.splitlines())]
        yield path.stem, said, said[0] == ("System", MARK)
    elif path.suffix == ".txt":
        said = blocks(text)
        yield path.stem, said, said[0] == ("system", MARK)
    else:
        for one in json.loads(text) if path.suffix == ".json" else lines_of(path):
            turns = one.get("turns") or one.get("messages") or one["conversations"]
            said = [
                (turn.get("role") or turn["from"], turn.get("text") or turn.get("content") or turn["value"])
                for turn in turns
            ]
            yield one["id"], said, one["synthetic"] is True


def canonical() -> dict[str, Transcript]:
    files = [path for path in CONVERSATIONS if path.suffix == ".jsonl" and '"turns"' in path.read_text("utf-8")]
    records = [Transcript.model_validate(line) for path in files for line in lines_of(path)]
    return {record.id: record for record in records}


def yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def expected() -> list[dict[str, Any]]:
    found = yaml(EXAMPLES / "expected.yaml")
    assert found["synthetic"] is True
    entries: list[dict[str, Any]] = found["interactions"]
    return entries


EXPECTED = expected()


@pytest.mark.parametrize("path", CONVERSATIONS, ids=ids(CONVERSATIONS))
def test_conversations_parse_and_both_sides_speak(path: Path) -> None:
    assert re.match(r"\d\d-[a-z]+(?:-[a-z]+)+\.(?:jsonl|json|csv|txt)$", path.name)
    found = list(conversations(path))
    assert found
    for name, said, marked in found:
        assert marked, f"{name} is not marked as synthetic"
        assert name.startswith(path.name[:3])
        words = [text for _, text in said]
        assert all(text.strip() for text in words)
        who = [role for role, _ in said if role.lower() != "system"]
        assert len(set(who)) == 2
        assert 10 <= len(who) <= 40
        assert all(one != other for one, other in zip(who, who[1:], strict=False)), f"{name}: one side twice in a row"


def test_canonical_lines_are_transcripts() -> None:
    records = canonical()
    assert len(records) == 12
    assert all(record.synthetic and record.language and record.agent.version for record in records.values())


def test_sessions_of_one_client_are_in_order() -> None:
    pairs: dict[tuple[str, str], list[Transcript]] = {}
    for record in canonical().values():
        if record.client_id is not None:
            pairs.setdefault((record.client_id, record.agent.id), []).append(record)
    for sessions in pairs.values():
        assert [session.session_index for session in sessions] == list(range(len(sessions)))
        dates = [session.started_at for session in sessions]
        assert None not in dates
        assert dates == sorted(date for date in dates if date is not None)
    steady = pairs["client-08", "steady-programme"]
    assert len(steady) == 4
    first, last = steady[0].started_at, steady[-1].started_at
    assert first is not None
    assert last is not None
    assert (last - first).days >= 16


@pytest.mark.parametrize("path", PROFILES, ids=ids(PROFILES))
def test_profiles_state_or_leave_unknown(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Synthetic.")
    stated = YAML(typ="safe").load(text)
    facts = {
        name: fact if isinstance(fact, dict) else {"value": None if fact == "unknown" else fact}
        for name, fact in stated["facts"].items()
    }
    profile = AgentProfile.model_validate({**stated, "facts": facts})
    assert any(fact.value is None for fact in profile.facts.values())
    agents = {(record.agent.id, record.agent.version) for record in canonical().values()}
    assert (profile.agent_id, profile.version) in agents
    for rating in profile.document_ratings:
        assert rating.criterion in ("H1", "H2", "H3")
        assert rating.checked_by.startswith("reviewer-")


def evidence_of(statement: object) -> tuple[Evidence, ...]:
    if isinstance(statement, Rating | NotObservable):
        return statement.episodes
    return statement.evidence if isinstance(statement, Observation) else ()


@pytest.mark.parametrize("path", RATINGS, ids=ids(RATINGS))
def test_every_quote_stands_at_its_span(path: Path) -> None:
    records = canonical()
    for line in path.read_text(encoding="utf-8").splitlines():
        for evidence in evidence_of(STATEMENT.validate_json(line)):
            record = records[evidence.transcript_id]
            assert record.session_index == evidence.session
            text = record.turns[evidence.turn].text
            assert text[evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize("path", RATINGS, ids=ids(RATINGS))
def test_two_coders_rate_every_criterion_as_the_rules_say(path: Path) -> None:
    records = canonical()
    rated: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        statement = STATEMENT.validate_json(line)
        assert_invented(statement.coder)
        if not isinstance(statement, Rating):
            continue
        rated.setdefault(statement.coder.name, set()).add(statement.criterion)
        scores = sorted(episode.score for episode in statement.episodes)
        median = (scores[(len(scores) - 1) // 2] + scores[len(scores) // 2]) // 2
        assert statement.score == (scores[0] if statement.criterion in STARS else median), statement.criterion
        for episode in statement.episodes:
            turns = records[episode.transcript_id].turns
            assert episode.criterion == statement.criterion
            assert episode.agent_turn is not None
            assert turns[episode.agent_turn].role == "agent"
            assert episode.cue_turn is None or turns[episode.cue_turn].role == "client"
    assert rated == {"coder-a": TRANSCRIPT_CRITERIA, "coder-b": TRANSCRIPT_CRITERIA}


def assert_invented(coder: CoderRef) -> None:
    assert coder.kind == "human"
    assert re.fullmatch(r"coder-[a-z]", coder.name)
    assert coder.details["synthetic"] == "true"


def test_every_example_is_in_the_table_and_has_expectations() -> None:
    table = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path in CONVERSATIONS:
        assert f"| `{path.name}` |" in table
    for path in [*PROFILES, *RATINGS]:
        assert f"`{path.parent.name}/{path.name}`" in table
    listed = [name for entry in EXPECTED for name in entry["transcripts"]]
    assert sorted(listed) == sorted(name for path in CONVERSATIONS for name, _, _ in conversations(path))
    assert {entry["file"] for entry in EXPECTED} == {path.name for path in CONVERSATIONS}


@pytest.mark.parametrize("entry", EXPECTED, ids=[entry["id"] for entry in EXPECTED])
def test_expectations_are_consistent(entry: dict[str, Any]) -> None:
    at_most, at_least = entry.get("at_most", {}), entry.get("at_least", {})
    unseen = {*entry.get("not_observable", ()), *entry.get("not_applicable", ())}
    assert {*at_most, *at_least, *unseen} <= TRANSCRIPT_CRITERIA
    assert not at_most.keys() & at_least.keys()
    assert not unseen & {*at_most, *at_least}
    flagged, clear = set(entry.get("stars_expected", ())), set(entry.get("stars_forbidden", ()))
    assert flagged | clear <= STARS
    assert not flagged & clear
    assert all(at_most[criterion] == 0 for criterion in flagged)
    assert not {criterion for criterion, score in at_most.items() if score == 0} & clear
    assert not set(entry.get("risks_found", ())) & set(entry.get("risks_absent", ()))
    assert set(entry["presented"]) <= {1, 2, 3}
    assert set(entry.get("indicated", ())) <= {None, 0, 1, 2, 3}
    assert entry["why"]
    for folder, name in (("profiles", entry.get("profile")), ("ratings", entry.get("with_ratings", {}).get("file"))):
        assert name is None or (EXAMPLES / folder / name).is_file()


@pytest.mark.parametrize("path", CONVERSATIONS, ids=ids(CONVERSATIONS))
def test_no_means_no_real_services_no_numbers(path: Path) -> None:
    for name, said, _ in conversations(path):
        for turn, (_, text) in enumerate(said):
            found = FORBIDDEN.search(text) or PHONE.search(text)
            assert found is None, f"{name}, turn {turn}"
