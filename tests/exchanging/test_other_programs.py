"""Potato and Label Studio: what we write for them, and what comes back in the form in which they write it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dtnexus.errors import InputError, UsageError
from dtnexus.exchanging import label_studio, potato
from dtnexus.exchanging.display import display, from_utf16
from dtnexus.exchanging.entry import Brought, Refusal
from dtnexus.exchanging.questions import options, rated
from dtnexus.exchanging.records import Terms, records
from dtnexus.rating import NotObservable, Rating
from tests.exchanging.material import framework, talk

TALKS = {talk().id: talk()}
TERMS = Terms(framework(), TALKS, asked_in="Potato")


def made(brought: Brought, terms: Terms = TERMS) -> list[Any]:
    return list(records(brought.entries, terms))


# --- the text that is shown -----------------------------------------------------------------------------------------


def test_every_place_of_a_turn_is_found_again() -> None:
    shown = display(talk())
    assert shown.text.startswith("--- session 1 of 2 ---\n\n[0] client: Hello <b>you</b>")
    for piece in shown.pieces:
        text = talk().sessions[piece.session].turns[piece.turn].text
        assert shown.text[piece.start : piece.end] == text.replace("\r", " ")
        for start in range(0, len(text) - 3, 5):
            (spot,) = shown.spots(piece.start + start, piece.start + start + 3)
            assert spot == (piece.session, piece.turn, start, start + 3)


def test_words_over_turns_are_one_spot_a_turn_and_headings_none() -> None:
    shown = display(talk())
    assert shown.spots(0, 5) == ()
    assert [spot[:2] for spot in shown.spots(0, len(shown.text))] == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(("offset", "place"), [(0, 0), (2, 2), (4, 3), (5, 4), (9, 8)])
def test_places_in_utf16_units(offset: int, place: int) -> None:
    assert from_utf16("ab\U0001f600cd", offset) == place


# --- Potato ---------------------------------------------------------------------------------------------------------


def test_a_potato_project_asks_each_criterion_of_the_framework_with_its_anchors() -> None:
    files = potato.project_files(framework(), [talk()], "Test")
    config = YAML(typ="safe").load(files["config.yaml"])
    radios = {scheme["name"]: scheme for scheme in config["annotation_schemes"] if scheme["annotation_type"] == "radio"}
    for criterion in rated(framework()):
        labels = [(label["name"], label["tooltip"]) for label in radios[criterion.id]["labels"]]
        assert labels == [tuple(option) for option in options(criterion)]
    (item,) = map(json.loads, files["data/interactions.jsonl"].splitlines())
    assert item["id"] == talk().id
    assert "Hello &lt;b&gt;you&lt;/b&gt; &amp; me" in item["text"], "words must not become markup"
    assert {"codebook.html", "README.md"} < set(files)
    assert "<script" not in files["codebook.html"]


def test_a_criterion_may_not_be_called_as_a_question_beside() -> None:
    first, *others = framework().criteria
    other = framework().model_copy(update={"criteria": (first.model_copy(update={"id": "how-sure"}), *others)})
    with pytest.raises(UsageError, match="how-sure"):
        rated(other)


def state(*labels: tuple[str, str], spans: tuple[tuple[str, str], ...] = (), who: str = "coder-a") -> dict[str, Any]:
    """A user_state.json as Potato 2.12.1 writes it, without what we do not read; spans as (criterion, words)."""
    text = display(talk()).text
    marked = [
        [
            {
                "schema": "evidence-words",
                "name": criterion,
                "title": criterion,
                "start": text.index(words),
                "end": text.index(words) + len(words),
                "id": f"evidence-words_{criterion}",
            },
            1,
        ]
        for criterion, words in spans
    ]
    given = [[{"schema": question, "name": label}, label] for question, label in labels]
    return {
        "user_id": who,
        "instance_id_ordering": [talk().id],
        "instance_id_to_label_to_value": {talk().id: given},
        "instance_id_to_span_to_value": {talk().id: marked} if marked else {},
    }


def potato_folder(root: Path, *states: dict[str, Any]) -> Path:
    for each in states:
        folder = root / "annotation_output" / each["user_id"]
        folder.mkdir(parents=True)
        (folder / "user_state.json").write_text(json.dumps(each), encoding="utf-8")
    (root / "annotation_output" / "pocket").mkdir()
    return root


def test_potato_answers_come_back_as_records(tmp_path: Path) -> None:
    one = state(
        ("F1", "3"),
        ("G1", "not_observable"),
        ("how-sure", "sure"),
        spans=(("F1", "I am a program"), ("F1", "a person")),
    )
    two = state(("F1", "4"), ("how-sure", "unsure"), spans=(("F1", "No, I am"),), who="coder-b")
    found = made(potato.read_potato(potato_folder(tmp_path, one, two), TALKS))
    rating, unseen, other = found
    assert isinstance(rating, Rating) and isinstance(unseen, NotObservable) and isinstance(other, Rating)
    assert (rating.score, rating.confidence, rating.coder.name) == (3, 0.9, "coder-a")
    assert [(e.turn, e.quote, e.agent_turn) for e in rating.episodes] == [
        (0, "a person", None),
        (1, "I am a program", 1),
    ]
    assert unseen.reason == "called not observable in Potato"
    assert (other.score, other.confidence) == (4, 0.5)
    assert rating.coder.version == f"{framework().id}@{framework().version}"


EXPORT = {
    "instance_id": talk().id,
    "user_id": "coder-a",
    "labels": {"F1": {"3": "3"}, "how-sure": {"fairly_sure": "fairly_sure"}, "coder-note": {"text_box": "hm"}},
    "spans": {"evidence-words": [{"schema": "evidence-words", "name": "F1", "start": 38, "end": 41, "text": "you"}]},
    "links": {},
}


def test_potato_exports_say_the_same(tmp_path: Path) -> None:
    lines, table = tmp_path / "annotations.jsonl", tmp_path / "annotations.csv"
    lines.write_text(json.dumps(EXPORT) + "\n", encoding="utf-8")
    spans = json.dumps(EXPORT["spans"]["evidence-words"]).replace('"', '""')  # type: ignore[index]
    head = "instance_id,user_id,F1.3,F1.4,how-sure.fairly_sure,coder-note.text_box,evidence-words._spans"
    table.write_text(f'{head}\n{talk().id},coder-a,3,,fairly_sure,hm,"{spans}"\n', encoding="utf-8")
    (one,), (other,) = (made(potato.read_potato(path, TALKS)) for path in (lines, table))
    assert isinstance(one, Rating)
    assert one == other
    assert one.confidence == 0.7


@pytest.mark.parametrize(
    ("labels", "spans", "told"),
    [
        ((("F1", "3"),), (("F1", "program"),), "a score without confidence"),
        ((("F1", "3"), ("how-sure", "sure")), (), "a score without words as evidence"),
        ((("F1", "3"), ("how-sure", "sure")), (("F1", "session 2 of"),), "a score without words as evidence"),
        ((("Z9", "3"), ("how-sure", "sure")), (("Z9", "program"),), "has no criterion 'Z9'"),
        ((("F1", "3"), ("F1", "4")), (), "2 answers to one question"),
        ((("F1", "five"),), (), "none of the codebook's"),
    ],
)
def test_what_cannot_become_a_record_is_told(
    labels: tuple[tuple[str, str], ...], spans: tuple[tuple[str, str], ...], told: str, tmp_path: Path
) -> None:
    brought = potato.read_potato(potato_folder(tmp_path, state(*labels, spans=spans)), TALKS)
    (refused,) = (one for one in (*brought.refused, *made(brought)) if isinstance(one, Refusal))
    assert told in str(refused)
    assert "program" not in str(refused), "no words of a conversation in a message"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"user_id": "x"}', "no json"])
def test_files_that_potato_does_not_write(text: str, tmp_path: Path) -> None:
    (tmp_path / "user_state.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="is not what Potato writes"):
        potato.read_potato(tmp_path / "user_state.json", TALKS)


def test_a_folder_without_answers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no answers"):
        potato.read_potato(tmp_path, TALKS)


# --- Label Studio ---------------------------------------------------------------------------------------------------


def test_the_labelling_configuration_asks_the_same() -> None:
    files = label_studio.project_files(framework(), [talk()])
    view = ET.fromstring(files["labelling.xml"])
    choices = {each.get("name"): each for each in view.iter("Choices")}
    for criterion in rated(framework()):
        asked = [(c.get("value"), c.get("hint")) for c in choices[criterion.id]]
        assert asked == [tuple(option) for option in options(criterion)]
    (labels,) = view.iter("ParagraphLabels")
    assert [each.get("value") for each in labels] == [criterion.id for criterion in rated(framework())]
    (task,) = json.loads(files["tasks.json"])
    assert [turn["text"] for turn in task["data"]["turns"]] == [
        text for session in talk().sessions for text in texts(session)
    ]
    assert task["data"]["turns"][2]["author"] == "[2.0] client"


def texts(session: Any) -> list[str]:
    return [turn.text for turn in session.turns]


def choice(name: str, *labels: str) -> dict[str, Any]:
    value = {"choices": list(labels)}
    return {"value": value, "id": name, "from_name": name, "to_name": "talk", "type": "choices", "origin": "manual"}


def words(criterion: str, first: int, last: int, start: int, end: int, text: str | None = None) -> dict[str, Any]:
    value = {"start": str(first), "end": str(last), "startOffset": start, "endOffset": end}
    value |= {"paragraphlabels": [criterion]} | ({} if text is None else {"text": text})
    return {
        "value": value,
        "id": "x",
        "from_name": "evidence-words",
        "to_name": "talk",
        "type": "paragraphlabels",
        "origin": "manual",
    }


def export_of(*results: list[dict[str, Any]], by: Any = 3) -> str:
    """An export in Label Studio's format JSON."""
    annotations = [
        {
            "id": at,
            "completed_by": by,
            "result": result,
            "was_cancelled": False,
            "ground_truth": False,
            "lead_time": 4.2,
        }
        for at, result in enumerate(results)
    ]
    (task,) = json.loads(label_studio.project_files(framework(), [talk()])["tasks.json"])
    return json.dumps([{"id": 1, "annotations": annotations, "predictions": [], "project": 7, **task}])


def came_back(*results: list[dict[str, Any]], by: Any = 3) -> tuple[Brought, list[Any]]:
    brought = label_studio.read_label_studio("e.json", export_of(*results, by=by), TALKS)
    return brought, made(brought)


def test_label_studio_answers_come_back_as_records() -> None:
    sure = choice("how-sure", "sure")
    _, found = came_back(
        [choice("F1", "3"), words("F1", 1, 1, 4, 18, "I am a program"), sure, choice("G1", "not_observable")]
    )
    rating, unseen = found
    assert isinstance(rating, Rating) and isinstance(unseen, NotObservable)
    (episode,) = rating.episodes
    assert (episode.session, episode.turn, episode.quote, episode.agent_turn) == (0, 1, "I am a program", 1)
    assert rating.coder.name == "user-3"


@pytest.mark.parametrize(("start", "end", "text"), [(26, 29, "Are"), (25, 28, "Are"), (26, 29, None)])
def test_places_after_an_emoji_are_found_in_either_count(start: int, end: int, text: str | None) -> None:
    _, (rating,) = came_back([choice("F1", "3"), words("F1", 0, 0, start, end, text), choice("how-sure", "sure")])
    assert rating.episodes[0].quote == "Are"


def test_words_over_paragraphs_are_one_episode_a_turn() -> None:
    _, (rating,) = came_back([choice("F1", "3"), words("F1", 1, 2, 20, 4), choice("how-sure", "sure")])
    assert [(e.session, e.turn, e.quote) for e in rating.episodes] == [(0, 1, "Go on."), (1, 0, "=SUM")]


@pytest.mark.parametrize(
    "region", [words("F1", 1, 1, 0, 5, "other"), words("F1", 1, 1, 20, 99), words("F1", 3, 9, 0, 1)]
)
def test_marked_words_that_are_not_there_are_refused(region: dict[str, Any]) -> None:
    brought, found = came_back([choice("F1", "3"), region, choice("how-sure", "sure")])
    assert "not where they should be" in str(brought.refused[0])
    assert isinstance(found[0], Refusal)


def test_people_come_over_as_numbers_and_cancelled_work_not_at_all() -> None:
    brought, _ = came_back([choice("G1", "4")], by={"id": 9, "email": "pat@example.org", "first_name": "Pat"})
    assert [entry.coder for entry in brought.entries] == ["user-9"]
    skipped = export_of([choice("G1", "4")]).replace('"was_cancelled": false', '"was_cancelled": true')
    assert label_studio.read_label_studio("e.json", skipped, TALKS).entries == ()


def test_two_answers_of_one_person_are_refused() -> None:
    _, found = came_back([choice("G1", "not_observable")], [choice("G1", "not_applicable")])
    assert isinstance(found[0], NotObservable)
    assert isinstance(found[1], Refusal)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"id": 1, "data": {"text": "x"}, "annotations": []}]'])
def test_files_that_are_no_such_export(text: str) -> None:
    with pytest.raises(InputError, match="is no export that holds our tasks"):
        label_studio.read_label_studio("e.json", text, TALKS)
