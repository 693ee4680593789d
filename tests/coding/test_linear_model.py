"""What the embedded model must tell apart: sentences a clinician can read, all invented."""

import csv
import pickle
import time
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from _pytest.mark.structures import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st

from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.outputs import Role, SignalMatrix
from dtnexus.coding.sentences import TOKEN, boundaries, sentence_spans, tokens
from dtnexus.coding.signals import AGENT_SIGNALS, CLIENT_SIGNALS, SIGNAL_NAMES, SignalRole
from dtnexus.coding.turn_features import extract
from dtnexus.coding.weight_file import read_weights, write_weights
from dtnexus.coding.word_kinds import Vocabulary
from dtnexus.errors import InputError, UsageError

OTHER: dict[Role, Role] = {"agent": "client", "client": "agent"}


def cases(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return LinearModel.load()


def reading(model: LinearModel, case: Mapping[str, str], text: str, signal: str) -> float:
    role: Role = "agent" if case["role"] == "agent" else "client"
    roles: list[Role] = [OTHER[role], role] if case["before"] else [role]
    texts = [case["before"], text] if case["before"] else [text]
    return float(model.read(roles, texts).column(signal)[-1])


def pairs() -> list[ParameterSet]:
    """The table of pairs; a known failure is expected to fail, and a retrained model that passes must say so."""
    known = pytest.mark.xfail(reason="told apart too weakly by the shipped weights", strict=True)
    return [
        pytest.param(
            case, id=f"{case['signal']}: {case['with_signal']}", marks=[known] if case["known_failure"] else []
        )
        for case in cases("signal_pairs.csv")
    ]


@pytest.mark.parametrize("case", pairs())
def test_the_turn_with_the_signal_reads_higher(model: LinearModel, case: dict[str, str]) -> None:
    signal, yes, no = case["signal"], case["with_signal"], case["without_signal"]
    assert reading(model, case, yes, signal) > 1.5 * reading(model, case, no, signal)


def test_nearly_all_pairs_of_the_second_table_are_ordered_rightly(model: LinearModel) -> None:
    unseen = cases("signal_pairs_unseen.csv")
    right = [
        reading(model, case, case["with_signal"], case["signal"])
        > reading(model, case, case["without_signal"], case["signal"])
        for case in unseen
    ]
    assert sum(right) >= 0.9 * len(unseen)


@pytest.mark.parametrize("case", cases("signal_absent.csv"), ids=lambda case: f"{case['signal']}: {case['text'][:40]}")
def test_what_is_negated_quoted_or_an_idiom_stays_under_the_threshold(model: LinearModel, case: dict[str, str]) -> None:
    assert reading(model, case, case["text"], case["signal"]) < model.threshold(case["signal"])


@pytest.mark.parametrize(
    ("signal", "text", "before", "other"),
    [
        (
            "reflection",
            "You feel that your boss passes you over, and it hurts.",
            "My boss passes me over every time and it really hurts.",
            "What is the capital of Peru?",
        ),
        (
            "holds_position",
            "I still think that you should see her.",
            "No, you're wrong about that.",
            "Thanks, see you.",
        ),
        ("discloses_ai", "No, I am not.", "Are you human?", "Are you tired?"),
    ],
)
def test_the_turn_before_matters(model: LinearModel, signal: str, text: str, before: str, other: str) -> None:
    first, second = ({"role": "agent", "before": turn} for turn in (before, other))
    assert reading(model, first, text, signal) > reading(model, second, text, signal)


def test_columns_of_the_other_role_are_nan_and_of_the_own_role_are_in_range(model: LinearModel) -> None:
    matrix = model.read(["system", "client", "agent"], ["Be kind.", "I feel low.", "What happened?"])
    assert matrix.values.shape == (3, len(SIGNAL_NAMES))
    assert matrix.values.dtype == np.float32
    assert np.isnan(matrix.values[0]).all()
    for signal in (*AGENT_SIGNALS, *CLIENT_SIGNALS):
        own, other = (2, 1) if signal.role == "agent" else (1, 2)
        assert np.isnan(matrix.column(signal.name)[other])
        assert 0.0 <= matrix.column(signal.name)[own] <= signal.maximum
    assert set(matrix.turn(1)) == {signal.name for signal in CLIENT_SIGNALS} | {"risk_any"}


def test_risk_any_is_never_more_than_the_expected_severity(model: LinearModel) -> None:
    turn = model.read(["client"], ["I keep thinking about killing myself and I have a plan for tonight."]).turn(0)
    assert turn["risk_any"] <= turn["risk_severity"]


CONVERSATION: tuple[list[Role], list[str]] = (
    ["client", "agent", "client", "agent"],
    [
        "I can't sleep.",
        "How long has it been like this?",
        "Since March. My dad died.",
        "I'm so sorry. You lost him in March.",
    ],
)


def test_reading_is_the_same_alone_and_in_any_batch(model: LinearModel) -> None:
    alone = model.read(*CONVERSATION)
    long: tuple[list[Role], list[str]] = (
        ["agent"] * 50,
        [f"Try step {i}. Then rest, and tell me how it went." for i in range(50)],
    )
    for batch in ([CONVERSATION, long], [long, CONVERSATION], [CONVERSATION] * 3):
        for conversation, matrix in zip(batch, model.read_many(batch), strict=True):
            if conversation is CONVERSATION:
                assert np.array_equal(alone.values, matrix.values, equal_nan=True)


def test_a_model_sent_to_another_process_reads_the_same(model: LinearModel) -> None:
    again = LinearModel.load()
    assert again is model
    sent = pickle.loads(pickle.dumps(model))
    first, second = (one.read(*CONVERSATION).values for one in (model, sent))
    assert sent.digest == model.digest
    assert np.array_equal(first, second, equal_nan=True)


def test_an_empty_conversation_has_no_rows(model: LinearModel) -> None:
    assert model.read([], []).values.shape == (0, len(SIGNAL_NAMES))
    assert model.read_many([]) == []


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "...", "😀😀", "مرحبا كيف حالك", "\u202eabc\u202c", "\x00\x01\x7f", "\ud800", "a" * 5000]
)
def test_odd_texts_are_read(model: LinearModel, text: str) -> None:
    matrix = model.read(["client", "agent"], [text, text])
    assert np.isfinite(matrix.column("sincere_distress")[0])
    assert np.isfinite(matrix.column("advice")[1])
    assert (matrix.shown_in is not None) and matrix.shown_in.max() < max(len(sentence_spans(text)), 1)


def test_a_turn_of_200_000_characters_takes_less_than_two_seconds(model: LinearModel) -> None:
    text = "I tried to sleep and then I thought about the shop again. " * 3500
    began = time.perf_counter()
    model.read(["client"], [text[:200_000]])
    assert time.perf_counter() - began < 2.0


def test_length_alone_changes_little(model: LinearModel) -> None:
    once = "The shop opens at nine and closes at five."
    for signal in ("advice", "endorses_premise", "reinforces_belief_or_plan"):
        case = {"role": "agent", "before": ""}
        few, many = (reading(model, case, f"{once} " * times, signal) for times in (4, 40))
        assert abs(few - many) < 0.1


def shown(model: LinearModel, role: SignalRole, before: str, text: str, signal: str) -> str:
    matrix = model.read(["agent" if role == "client" else "client", role], [before, text])
    assert matrix.shown_in is not None
    start, end = sentence_spans(text)[matrix.shown_in[1, SIGNAL_NAMES.index(signal)]]
    return text[start:end]


@pytest.mark.parametrize(
    ("role", "before", "text", "signal", "sentence"),
    [
        (
            "agent",
            "I can't go on.",
            "That sounds hard.\n\nThank you for telling me. Are you thinking of ending your life? I'm here with you.",
            "asks_about_risk",
            "Are you thinking of ending your life?",
        ),
        (
            "client",
            "Hello.",
            "work was ok i guess. then i ate. I keep thinking about killing myself. anyway how are you",
            "risk_any",
            "I keep thinking about killing myself.",
        ),
        (
            "agent",
            "I lost my job.",
            "Hello. You should update your CV tonight. Bye.",
            "advice",
            "You should update your CV tonight.",
        ),
    ],
)
def test_each_signal_is_shown_in_the_sentence_that_carries_it(
    model: LinearModel, role: SignalRole, before: str, text: str, signal: str, sentence: str
) -> None:
    assert shown(model, role, before, text, signal) == sentence


def test_a_signal_is_shown_in_a_sentence_of_its_own_turn(model: LinearModel) -> None:
    one = model.read(["agent"], ["No. You should see a doctor."]).shown_in
    two = model.read_many([(["client", "agent"], ["I hurt. A lot. Really.", "No. You should see a doctor."])])[
        0
    ].shown_in
    assert one is not None
    assert two is not None
    at = SIGNAL_NAMES.index("advice")
    assert one[0, at] == two[1, at] == 1


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I moved to the U.S. Two years ago.", ["I moved to the U.S. Two years ago."]),
        ("It was 5 p.m. and dark. I left.", ["It was 5 p.m. and dark.", "I left."]),
        ("I work for Brick Inc. downtown. It wears me out.", ["I work for Brick Inc. downtown.", "It wears me out."]),
        ("So am I. Are you?", ["So am I.", "Are you?"]),
        ("We chose plan B. It failed.", ["We chose plan B.", "It failed."]),
    ],
)
def test_a_full_stop_within_an_abbreviation_ends_no_sentence(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_spans_run_in_step_with_sentences_and_lie_inside(text: str) -> None:
    spans = sentence_spans(text)
    assert len(spans) == len(boundaries(tokens(text)))
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        last = end


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_read_and_quoted(text: str, before: str) -> None:
    model = LinearModel.load()
    matrix = model.read(["client", "agent"], [before, text])
    assert np.isfinite(matrix.column("reflection")[1])
    if sentence_spans(text):
        assert shown(model, "agent", before, text, "reflection") in text


def test_the_weights_say_when_they_are_damaged() -> None:
    content = (files("dtnexus.coding") / "weights" / "signals.npz").read_bytes()
    weights = read_weights(BytesIO(content), "signals.npz")
    again = BytesIO()
    assert write_weights(again, weights) == weights.digest
    assert read_weights(BytesIO(again.getvalue()), "again").digest == weights.digest
    changed = replace(weights, sharpness=weights.sharpness + 1.0)
    other = BytesIO()
    assert write_weights(other, changed) != weights.digest
    with pytest.raises(InputError, match="is no weight file"):
        read_weights(BytesIO(content[: len(content) // 2]), "signals.npz")
    assert len(content) < 10_000_000


def test_misuse_is_said_plainly(model: LinearModel) -> None:
    with pytest.raises(UsageError, match="2 roles and 1 texts"):
        model.read(["client", "agent"], ["hello"])
    with pytest.raises(UsageError, match="'warmth' is unknown"):
        SignalMatrix(np.zeros((1, len(SIGNAL_NAMES)), dtype=np.float32)).column("warmth")


PLAIN = st.text(
    st.sampled_from("aZ09_ \n\t.,!?…'’‘\"“”-–()*:\u2011→•\u00d7\u00a0") | st.sampled_from("aé²٣日"), max_size=60
)


@settings(max_examples=300, deadline=None)
@given(PLAIN)
def test_the_quick_cut_is_the_cut(text: str) -> None:
    assert tokens(text) == TOKEN.findall(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(PLAIN | st.just("\x00"), min_size=1, max_size=5))
def test_texts_that_are_cut_together_are_cut_as_each_alone(texts: list[str]) -> None:
    together = extract(Vocabulary(), texts, [""] * len(texts))
    at = 0
    for number, text in enumerate(texts):
        alone = extract(Vocabulary(), [text], [""])
        rows = np.flatnonzero(together.turn_of == number)
        assert len(rows) == len(alone.turn_of)
        for one, all_ in zip(alone.sentences, together.sentences, strict=True):
            own = np.isin(all_.rows, rows)
            assert np.array_equal(all_.rows[own] - at, one.rows)
            assert np.array_equal(all_.hashes[own], one.hashes)
            assert np.array_equal(all_.values[own], one.values)
        at += len(rows)
