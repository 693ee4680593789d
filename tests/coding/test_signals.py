"""The list of signals is closed and says what architecture.md says."""

from dtnexus.coding.outputs import SignalMatrix, column_of
from dtnexus.coding.signal_words import WORDS
from dtnexus.coding.signals import (
    AGENT_SIGNALS,
    CLIENT_SIGNALS,
    COUNTED,
    RISK_ANY,
    SIGNAL_NAMES,
    SIGNALS,
    STORED_SIGNALS,
)
from dtnexus.coding.weight_file import OUTPUTS


def test_there_are_33_agent_and_21_client_signals_one_derived_and_two_counted() -> None:
    assert len(AGENT_SIGNALS) == 33
    assert len(CLIENT_SIGNALS) == 22
    assert SIGNALS == (*STORED_SIGNALS, RISK_ANY, *COUNTED)
    assert {signal.role for signal in AGENT_SIGNALS} == {"agent"}
    assert {signal.role for signal in CLIENT_SIGNALS} == {"client"}


def test_names_are_unique_words_with_a_one_line_definition() -> None:
    assert len(set(SIGNAL_NAMES)) == len(SIGNAL_NAMES)
    for signal in SIGNALS:
        assert signal.name.replace("_", "").isalpha()
        assert signal.name.islower()
        assert signal.definition.endswith(".")
        assert "\n" not in signal.definition


def test_graded_signals_are_the_seven_declared() -> None:
    graded = {signal.name: signal.maximum for signal in SIGNALS if signal.maximum > 1}
    assert graded == {
        "emotional_reaction": 2,
        "interpretation": 2,
        "exploration": 2,
        "praise": 2,
        "claims_inner_life": 2,
        "risk_severity": 6,
        "personal_disclosure": 2,
    }


def test_every_level_of_every_stored_signal_is_learnt() -> None:
    learnt = {(role, name, level) for role, outputs in OUTPUTS.items() for name, level in outputs}
    declared = {(s.role, s.name, level) for s in STORED_SIGNALS for level in range(1, s.maximum + 1)}
    assert learnt == declared


def test_columns_follow_the_list() -> None:
    assert [column_of(name) for name in SIGNAL_NAMES] == list(range(len(SIGNALS)))
    assert SignalMatrix.__dataclass_fields__["names"].default == SIGNAL_NAMES


def test_every_signal_has_words_for_the_reader_of_a_report() -> None:
    assert set(SIGNAL_NAMES) <= set(WORDS)
