"""Readings by models that never saw a group of turns: kept, checked, and never made up."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray

from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.member import MEMBERS
from dtnexus.coding.outputs import column_of
from dtnexus.coding.reading_folds import ReadingFolds, TurnKey, read_reading_folds, turn_name, write_reading_folds
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.signal_models import signal_model
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.weight_file import OUTPUTS
from dtnexus.errors import InputError, UsageError

ASKED, REPLY = "Which roof is highest?", "Are you thinking of ending your life?"
WHOLE = ScriptedReader({})


def logits(role: SignalRole, **high: float) -> NDArray[np.float32]:
    return np.array([high.get(name, -9.0) if level == 1 else -9.0 for name, level in OUTPUTS[role]], dtype=np.float32)


KEPT: dict[TurnKey, NDArray[np.float32]] = {
    ("client", ASKED): logits("client", risk_veiled=1.0),
    ("agent", REPLY): logits("agent", asks_about_risk=2.0),
}


@pytest.fixture
def written() -> bytes:
    out = BytesIO()
    write_reading_folds(out, "0" * 64, {"set/roof": KEPT})
    return out.getvalue()


def test_a_turn_has_the_reading_that_was_kept(written: bytes) -> None:
    folds = read_reading_folds(BytesIO(written), "folds.npz")
    assert folds.of == "0" * 64
    read = folds.reader(WHOLE, "set/roof").read(["client", "agent"], [ASKED, REPLY])
    assert read.values[1, column_of("asks_about_risk")] == pytest.approx(1 / (1 + np.exp(-2.0)), abs=1e-3)
    assert read.values[0, column_of("risk_veiled")] == pytest.approx(1 / (1 + np.exp(-1.0)), abs=1e-3)
    assert np.isnan(read.values[0, column_of("asks_about_risk")])
    assert read.values[1, column_of("advice")] < 0.01


def test_another_turn_is_refused_and_never_read_by_the_whole_model(written: bytes) -> None:
    reader = read_reading_folds(BytesIO(written), "folds.npz").reader(WHOLE, "set/roof")
    with pytest.raises(InputError, match="set/roof, turn 1: reads 'Stay.'"):
        reader.read(["client", "agent"], [ASKED, "Stay."])
    with pytest.raises(InputError, match="turn 0"):
        reader.read(["agent"], [ASKED])


def test_equal_readings_give_equal_bytes_and_a_changed_file_is_refused(written: bytes) -> None:
    folds = read_reading_folds(BytesIO(written), "folds.npz")
    again = BytesIO()
    assert write_reading_folds(again, "0" * 64, {"set/roof": KEPT}) == folds.digest
    assert again.getvalue() == written
    with np.load(BytesIO(written)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["logits"] = arrays["logits"] + np.float16(1)
    changed = BytesIO()
    np.savez(changed, **arrays)
    with pytest.raises(InputError, match="has the digest"):
        read_reading_folds(BytesIO(changed.getvalue()), "folds.npz")
    with pytest.raises(InputError, match="is no file of readings"):
        read_reading_folds(BytesIO(b"PK nothing"), "folds.npz")


@pytest.mark.parametrize("member", MEMBERS)
def test_the_shipped_readings_belong_to_the_shipped_weights(member: str) -> None:
    folds = ReadingFolds.load(member)
    assert folds.of == signal_model(member).digest
    assert len(folds.logits) == 10
    assert all(name.startswith("llms_as_therapists/") for name in folds.logits)
    widths = {len(OUTPUTS["agent"]), len(OUTPUTS["client"])}
    assert {len(values) for turns in folds.logits.values() for values in turns.values()} == widths


def test_a_coder_without_a_group_is_itself_where_nothing_of_it_trained() -> None:
    coder = EmbeddedCoder.load("linear")
    assert coder.unseen("llms_as_therapists/no-such-stimulus") is coder
    known = next(iter(ReadingFolds.load("linear").logits))
    without = coder.unseen(known)
    assert without.ref.details["signals"] != coder.ref.details["signals"]
    assert without.ref.details["episodes"] == coder.ref.details["episodes"]
    with pytest.raises(UsageError, match="belong to signal weights"):
        EmbeddedCoder(WHOLE, EpisodeWeights.empty()).unseen(known)


def test_a_name_tells_side_and_words_apart() -> None:
    names = {turn_name("client", ASKED), turn_name("agent", ASKED), turn_name("agent", REPLY)}
    assert len(names) == 3
