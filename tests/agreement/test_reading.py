"""Ratings files: what is read, what is left out and told, and one clear error for each fault."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dtnexus.agreement.grid import MISSING
from dtnexus.agreement.reading import Asked, read_ratings
from dtnexus.agreement.table import NOT_OBSERVABLE, RatingsTable, tabulated
from dtnexus.errors import InputError
from tests.agreement.invented import table_lines, write_table

HEAD = "unit,coder,criterion,score"


def table_of(path: Path, asked: Asked = Asked()) -> RatingsTable:  # noqa: B008 - frozen
    return tabulated(read_ratings(path, asked), asked.scale, ("G1", "A1"))


def statement(kind: str, coder: str = "ann", coder_kind: str = "human", about: str = "i1", **more: object) -> str:
    said: dict[str, object] = {
        "interaction_id": about,
        "criterion": "A1",
        "coder": {"kind": coder_kind, "name": coder, "version": "1"},
        "kind": kind,
    }
    if kind == "rating":
        fact = {"document": "d", "dated": "2026-01-01", "because": "invented"}
        said |= {"score": 3, "expected": 3, "confidence": 0.5, "facts": [fact]}
    return json.dumps(said | more)


def test_criteria_come_in_the_given_order_and_coders_by_name(tmp_path: Path) -> None:
    table = table_of(write_table(tmp_path))
    assert table.criteria == ("G1", "A1", "F1")
    assert table.names == ("a", "b", "c")
    assert len(table.units) == 12
    assert len(table.interactions) == 6


def test_the_order_of_lines_does_not_matter(tmp_path: Path) -> None:
    head, *lines = table_lines()
    one = table_of(write_table(tmp_path))
    other = table_of(write_table(tmp_path, "turned.csv", [head, *reversed(lines)]))
    assert np.array_equal(one.codes, other.codes)
    assert (one.units, one.interactions, one.names) == (other.units, other.interactions, other.names)


def test_the_three_kinds_of_answer_and_what_is_left_out(tmp_path: Path) -> None:
    answers = ("3", "2.0", "NO", "not observable", "Not_Observable", "", "NA", "not applicable")
    lines = [HEAD, *(f"u{place},a,A1,{answer}" for place, answer in enumerate(answers))]
    read = read_ratings(write_table(tmp_path, lines=lines))
    assert [answer.score for answer in read.answers] == [3, 2, None, None, None]
    assert read.left_out == {"missing": 2, "not applicable": 1}
    table = tabulated(read, (0, 4))
    assert table.codes[0, :, 0].tolist() == [3, 2, NOT_OBSERVABLE, NOT_OBSERVABLE, NOT_OBSERVABLE]
    assert table.scores("A1").codes[:, 0].tolist() == [3, 2, MISSING, MISSING, MISSING]
    assert table.observable("A1").codes[:, 0].tolist() == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "unit;coder;criterion;score\nu1;a;A1;3\n",
        "unit\tcoder\tcriterion\tscore\nu1\ta\tA1\t3\n",
        "\ufeffUnit,Coder,Criterion,Score\r\nu1,a,A1,3\r\n",
        '{"unit": "u1", "coder": "a", "criterion": "A1", "score": 3}\n',
        '{"unit": "u1", "coder": "a", "criterion": "A1", "score": "3"}\n\n',
        'unit,coder,criterion,score\n"u1","a","A1","3"\n\n',
    ],
)
def test_the_same_rating_in_several_formats(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ratings"
    path.write_bytes(text.encode())
    (answer,) = read_ratings(path).answers
    assert answer[:5] == ("u1", "u1", "a", "A1", 3)


def test_adjudicated_lines_are_recognised_by_kind_flag_and_name(tmp_path: Path) -> None:
    lines = [
        "unit,coder,criterion,score,kind,adjudicated",
        "u1,ann,A1,3,human,no",
        "u1,ben,A1,2,human,",
        "u1,zoe,A1,2,adjudicator,",
        "u1,cem,A1,2,,yes",
        "u1,Consensus,A1,2,,",
        "u1,adjudicated,A1,2,,",
    ]
    read = read_ratings(write_table(tmp_path, lines=lines))
    assert {coder.name: coder.kind for coder in read.coders} == {"ann": "human", "ben": "human"}
    assert read.left_out == {"adjudicated": 4}


def test_our_own_statements(tmp_path: Path) -> None:
    lines = [
        statement("rating"),
        statement("not_observable", coder="ben", reason="no opportunity"),
        statement("not_applicable", coder="cem", fact="memory"),
        statement("failure", coder="linear", coder_kind="embedded", cause="error", detail="x"),
        statement("rating", coder="zoe", coder_kind="adjudicator"),
        statement("rating", coder="all", coder_kind="consensus"),
        statement("rating", about="i2"),
    ]
    fact = {"interaction_id": "i1", "coder": json.loads(lines[0])["coder"], "fact": "role_claim", "value": 1}
    read = read_ratings(write_table(tmp_path, "r.jsonl", [*lines, json.dumps(fact | {"kind": "observation"})]))
    assert [(answer.unit, answer.coder, answer.score) for answer in read.answers] == [
        ("i1", "ann", 3),
        ("i1", "ben", None),
        ("i2", "ann", 3),
    ]
    assert read.left_out == {"not applicable": 1, "failed": 1, "adjudicated": 2, "counted fact": 1}
    assert read.by_interaction


def test_coders_of_one_name_are_told_apart_by_version_and_digest(tmp_path: Path) -> None:
    def of(version: str, **details: str) -> str:
        coder = {"kind": "judge", "name": "m", "version": version, "details": details}
        return json.dumps(json.loads(statement("not_observable", reason="x")) | {"coder": coder})

    read = read_ratings(write_table(tmp_path, "r.jsonl", [of("1"), of("2", prompt="a"), of("2", prompt="b")]))
    names = [answer.coder for answer in read.answers]
    assert names[0] == "m@1"
    assert names[1] != names[2]
    assert all(name.startswith("m@2#") for name in names[1:])


def test_only_the_coders_and_criteria_that_are_asked_for(tmp_path: Path) -> None:
    read = read_ratings(write_table(tmp_path), Asked(coders=frozenset("ab"), criteria=frozenset({"A1"})))
    assert {answer.coder for answer in read.answers} == {"a", "b"}
    assert {answer.criterion for answer in read.answers} == {"A1"}
    assert read.left_out["coder not asked for"] == 12


def test_columns_of_other_names_and_columns_not_used(tmp_path: Path) -> None:
    lines = ["item,rater,criterion,score,why", "u1,a,A1,3,because"]
    read = read_ratings(write_table(tmp_path, lines=lines), Asked(columns={"unit": "item", "coder": "rater"}))
    assert read.unused_columns == ("why",)
    assert not read.by_interaction


FAULTS = {
    "": "the file is empty",
    "item,coder,criterion,score\nu1,a,A1,3": ":1: has no column 'unit'; it has 'item', 'coder'",
    f"{HEAD},unit\nu1,a,A1,3,u": ":1: column 'unit' is there twice",
    f"{HEAD}\nu1,a,A1": ":2: 3 cells; wanted: 4, as in line 1",
    f"{HEAD}\nu1,a,A1,5": ":2: score '5'; wanted: a whole number from 0 to 4, NO or 'not observable'",
    f"{HEAD}\nu1,a,A1,2.5": ":2: score '2.5'",
    f"{HEAD}\nu1,a,A1,high": ":2: score 'high'",
    f"{HEAD}\nu1,a,A1,inf": ":2: score 'inf'",
    f"{HEAD}\n,a,A1,3": ":2: column 'unit' is empty; wanted: a name of the unit",
    f"{HEAD}\nu1,,A1,3": ":2: column 'coder' is empty",
    f"{HEAD}\nu1,a,A1,3\nu1,b,A1,3\nu1,a,A1,2": ":4: coder 'a' rated unit 'u1' on 'A1' before, in line 2; wanted: one",
    f"{HEAD}\nu1,adjudicator,A1,3": "no ratings stand in it (left out: 1 adjudicated)",
    f"{HEAD},interaction\nu1,a,A1,3,i1\nu1,b,A1,3,i2": ":3: unit 'u1' stands under interaction 'i2', in line 2 under",
    f"{HEAD},interaction\nu1,a,A1,3,": ":2: column 'interaction' is empty",
    f"{HEAD},kind\nu1,a,A1,3,boss": ":2: column 'kind' has 'boss'; wanted: one of embedded, judge, human",
    f"{HEAD},kind\nu1,a,A1,3,human\nu2,a,A1,3,judge": ":3: coder 'a' has another kind before",
    f"{HEAD},adjudicated\nu1,a,A1,3,perhaps": ":2: column 'adjudicated' has 'perhaps'; wanted: yes or no",
    f'{HEAD}\nu1,"a,A1,3': "is no table",
    '{"unit": "u1"}': ":1: has no column 'coder'; it has 'unit'",
    '{"unit": "u1", "coder": "a", "criterion": "A1", "score": 3}\n[1]': ":2: a line that is no JSON object",
    f"{statement('rating')}\n{statement('failure')}": ":2: a line that is no statement",
    f"{statement('rating')}\n{statement('rating')}": ":2: coder 'ann' rated unit 'i1' on 'A1' before, in line 1",
}


@pytest.mark.parametrize(("text", "told"), FAULTS.items(), ids=FAULTS.values())
def test_one_clear_error_for_each_fault(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        table_of(path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)
    assert "wanted: " in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"), [(b"unit,\xff", "byte 5 is not UTF-8"), (b"PK\x00\x01", "holds bytes that are no text")]
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "ratings.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_ratings(path)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Asked(coders=frozenset({"zoe"})), "no coder 'zoe' stands in it; it has 'a', 'b', 'c'"),
        (Asked(criteria=frozenset({"Z9"})), "no criterion 'Z9' stands in it; it has 'A1', 'F1', 'G1'"),
        (Asked(columns={"interaction": "talk"}), "has no column 'talk'"),
        (Asked(scale=(1, 4)), "score '0'; wanted: a whole number from 1 to 4"),
    ],
)
def test_asking_for_what_is_not_there(tmp_path: Path, asked: Asked, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read_ratings(write_table(tmp_path), asked)
    assert told in str(caught.value)


def test_a_statement_outside_the_scale_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="r.jsonl:1: score 3; wanted: a score from 4 to 7; see --scale"):
        read_ratings(write_table(tmp_path, "r.jsonl", [statement("rating")]), Asked(scale=(4, 7)))
