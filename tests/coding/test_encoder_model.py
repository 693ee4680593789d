"""The encoder member: windows, files, and readings that depend on nothing but the turn."""

import pickle
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtnexus.coding.encoder_file import HEADER, HEADS, read_encoder
from dtnexus.coding.encoder_model import EncoderModel
from dtnexus.coding.encoder_states import BODY, VOCABULARY
from dtnexus.coding.encoder_windows import BEFORE_TOKENS, OVERLAP_TOKENS, WINDOW_TOKENS, windows_of
from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.outputs import Role
from dtnexus.coding.signals import SIGNAL_NAMES, SIGNALS
from dtnexus.errors import InputError, UsageError

SHIPPED = Path(str(files("dtnexus.coding") / "weights"))
TALK: tuple[list[Role], list[str]] = (
    ["client", "agent", "system", "client", "agent"],
    [
        "I keep thinking that everyone would be better off without me.",
        "That sounds so heavy. Are you thinking of ending your life?",
        "Session note.",
        "No. I'm just tired. My sister says I should see somebody.",
        "Your sister may be right. What would make it easier to ring your doctor tomorrow?",
    ],
)
SMALL_TALK: tuple[list[Role], list[str]] = (["client", "agent"], ["Nice weather today!", "Yes. " * 400])


@pytest.fixture(scope="module")
def model() -> EncoderModel:
    return EncoderModel.load()


def test_a_reading_has_the_columns_and_ranges_of_the_signals(model: EncoderModel) -> None:
    matrix = model.read(*TALK)
    assert matrix.values.shape == (5, len(SIGNAL_NAMES))
    assert np.isnan(matrix.values[2]).all()
    for column, signal in enumerate(SIGNALS):
        of_role = [at for at, role in enumerate(TALK[0]) if role == signal.role]
        assert (matrix.values[of_role, column] >= 0).all()
        assert (matrix.values[of_role, column] <= signal.maximum).all()


def test_what_is_plain_is_read(model: EncoderModel) -> None:
    matrix = model.read(*TALK)
    assert matrix.turn(1)["asks_about_risk"] >= model.threshold("asks_about_risk")
    assert matrix.turn(4)["guides_to_human_care"] >= model.threshold("guides_to_human_care")
    assert matrix.turn(0)["risk_veiled"] >= model.threshold("risk_veiled")


def test_conversations_read_together_are_as_each_alone(model: EncoderModel) -> None:
    together = model.read_many([TALK, SMALL_TALK, TALK])
    for found, alone in zip(together, (TALK, SMALL_TALK, TALK), strict=True):
        np.testing.assert_array_equal(found.values, model.read(*alone).values)


def test_it_differs_from_the_linear_member_and_keeps_its_sentences(model: EncoderModel) -> None:
    encoder, linear = model.read(*TALK), LinearModel.load().read(*TALK)
    assert not np.array_equal(encoder.values, linear.values, equal_nan=True)
    assert encoder.shown_in is not None
    assert linear.shown_in is not None
    np.testing.assert_array_equal(encoder.shown_in, linear.shown_in)


def test_it_reads_the_same_in_another_process(model: EncoderModel) -> None:
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).read(*TALK).values, model.read(*TALK).values)  # noqa: S301


def test_blank_turns_and_no_turns_have_a_reading(model: EncoderModel) -> None:
    assert not np.isnan(model.read(["client"], ["   "]).column("goodbye")).any()
    assert model.read([], []).values.shape == (0, len(SIGNAL_NAMES))


def test_an_unknown_role_is_refused(model: EncoderModel) -> None:
    with pytest.raises(UsageError, match="role 'bot' is unknown"):
        model.read(["bot"], ["Hello"])  # type: ignore[list-item]


@pytest.mark.parametrize("damaged", [BODY, HEADS, VOCABULARY])
def test_a_changed_file_is_refused(tmp_path: Path, damaged: str) -> None:
    for name in (BODY, HEADS, VOCABULARY, HEADER):
        shutil.copy(SHIPPED / name, tmp_path / name)
    with (tmp_path / damaged).open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match="digest"):
        read_encoder(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_encoder(tmp_path)


@given(st.integers(0, 700), st.integers(0, 60))
def test_windows_hold_every_token_of_a_turn_in_order(turn: int, before: int) -> None:
    windows = list(windows_of("agent", [7] * before, list(range(1000, 1000 + turn))))
    parts = [window.ids[window.start + 1 : -1] for window in windows]
    joined = [*parts[0], *(token for part in parts[1:] for token in part[OVERLAP_TOKENS:])]
    assert joined == (list(range(1000, 1000 + turn)) or [100])
    assert all(len(part) <= WINDOW_TOKENS for part in parts)
    assert [window.ids.count(7) for window in windows] == [min(before, BEFORE_TOKENS), *[0] * (len(windows) - 1)]


def test_the_library_that_reads_the_network_cannot_tell_anybody() -> None:
    """Some builds of onnxruntime hold a client that uploads telemetry; such a build must not be installed."""
    capi = files("onnxruntime").joinpath("capi")
    libraries = [each for each in capi.iterdir() if ".so" in each.name or each.name.endswith(".pyd")]
    assert libraries
    for library in libraries:
        content = library.read_bytes()
        assert b"OneDsTelemetry" not in content, library.name
        assert b"telemetry HTTPS uploads" not in content, library.name
