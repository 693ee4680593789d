"""Invented dialogues are read by what never saw them."""

import numpy as np
import pytest

from dtnexus.coding.outputs import column_of
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.signals import SIGNAL_NAMES
from training.episode_readings import StoredReader, key_of

MEMBER = ScriptedReader({"you never listen": {"strain": 0.4}, "no": {"strain": 0.3}})
"""The shipped member."""


def stored(otherwise: ScriptedReader | None) -> StoredReader:
    """What models that had not seen "you never listen" read in it."""
    values = np.full(len(SIGNAL_NAMES), np.nan, dtype=np.float32)
    values[column_of("strain")] = 0.9
    keys = (key_of("client", "", "you never listen"), key_of("client", "you never listen", "never"))
    return StoredReader(dict.fromkeys(keys, values), {}, otherwise)


@pytest.mark.parametrize(
    ("texts", "strain"),
    [
        pytest.param(["you never listen"], 0.9, id="labelled, so the member has learnt from it"),
        pytest.param(["no"], 0.3, id="not labelled"),
        pytest.param(["you never listen", "no"], 0.4, id="begins like a labelled one"),
    ],
)
def test_the_member_reads_what_it_has_not_learnt_from(texts: list[str], strain: float) -> None:
    found = stored(MEMBER).read(["client"] * len(texts), texts)
    assert found.values[0, column_of("strain")] == pytest.approx(strain)


def test_a_labelled_dialogue_is_never_left_to_the_member() -> None:
    with pytest.raises(KeyError):
        stored(MEMBER).read(["client"] * 3, ["you never listen", "never", "no"])


def test_what_nothing_reads_is_an_error() -> None:
    with pytest.raises(KeyError):
        stored(None).read(["client"], ["no"])
