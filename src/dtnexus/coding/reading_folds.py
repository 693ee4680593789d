"""Readings of turns that also train, each by a model that saw nothing of its group: for measuring on such sets.

The shipped signal models were fitted on these turns, so that their own readings of them would be too good.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.counted import count
from dtnexus.coding.member import DEFAULT, ENCODER, LINEAR
from dtnexus.coding.outputs import SignalMatrix, ordered, readings_of
from dtnexus.coding.session_reading import SignalReader
from dtnexus.coding.signals import SIGNAL_NAMES, SignalRole
from dtnexus.coding.weight_file import OUTPUTS, ROLES, write_arrays
from dtnexus.errors import InputError

FOLDS: Final[Mapping[str, str]] = {LINEAR: "reading_folds.npz", ENCODER: "encoder_reading_folds.npz"}
"""Signal member -> its file."""
FORMAT: Final = 1
_WIDEST: Final = max(len(outputs) for outputs in OUTPUTS.values())

Floats = NDArray[np.float32]
Group = str
"""What is left out together, as `llms_as_therapists/STIMULUS`."""
TurnKey = tuple[SignalRole, str]
"""Side and words of a turn."""


@dataclass(frozen=True, slots=True)
class ReadingFolds:
    """The readings without each group that the shipped signal weights were fitted on."""

    of: str
    """Digest of the signal weights that were fitted on all groups at once."""
    logits: Mapping[Group, Mapping[str, Floats]]
    """Group -> name of a turn (`turn_name`) -> logits of the outputs of its side."""
    digest: str
    """SHA-256 of the content."""

    @staticmethod
    def load(member: str = DEFAULT) -> ReadingFolds:
        """The shipped readings of a member; the same object at every call.

        Raises:
            InputError: the file is damaged or of another format.
        """
        return _shipped(member)

    def reader(self, whole: SignalReader, group: Group) -> SignalReader:
        """A reader of the turns of one group that knows their readings by models that never saw the group.

        Raises:
            KeyError: there is no such group.
        """
        return _FoldReader(whole, group, self.logits[group], self.digest)


def turn_name(role: SignalRole, text: str) -> str:
    """What a turn is called in the file: the start of a SHA-256 of its side and words."""
    return hashlib.sha256(f"{role}\n{text}".encode()).hexdigest()[:16]


def write_reading_folds(out: IO[bytes], of: str, logits: Mapping[Group, Mapping[TurnKey, Floats]]) -> str:
    """Writes the file and gives its digest; equal content gives equal bytes.

    Args:
        out: where to.
        of: digest of the signal weights that were fitted on everything.
        logits: for each group and each of its turns the logits of the outputs of its side, shape (n_outputs,).
    """
    rows = sorted(
        (group, turn_name(role, text), values)
        for group, turns in logits.items()
        for (role, text), values in turns.items()
    )
    table = np.full((len(rows), _WIDEST), np.nan, dtype=np.float16)
    for at, (_, _, values) in enumerate(rows):
        table[at, : len(values)] = values
    arrays = {
        "groups": np.array([group for group, _, _ in rows], dtype="S"),
        "turns": np.array([turn for _, turn, _ in rows], dtype="S16"),
        "logits": table,
    }
    digest = _digest(of, arrays)
    write_arrays(out, f"{FORMAT} {of} {digest}".encode(), arrays)
    return digest


def read_reading_folds(source: IO[bytes], name: str) -> ReadingFolds:
    """The readings of a file that `write_reading_folds` wrote; `name` is used in messages.

    Raises:
        InputError: another format, or a digest that does not fit the content.
    """
    try:
        with np.load(source, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        version, of, said = arrays.pop("header").tobytes().decode().split()
        if int(version) != FORMAT:
            raise InputError(name, f"format is {version}", f"{FORMAT}; run make train again")
        found = _digest(of, arrays)
        if found != said:
            raise InputError(name, f"has the digest {found[:12]!r}", f"{said[:12]!r}; install the package again")
        logits: dict[Group, dict[str, Floats]] = {}
        for group, turn, values in zip(arrays["groups"], arrays["turns"], arrays["logits"], strict=True):
            there = values.astype(np.float32)
            logits.setdefault(group.decode(), {})[turn.decode()] = there[~np.isnan(there)]
        return ReadingFolds(of, logits, found)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        what = f"is no file of readings ({type(error).__name__})"
        raise InputError(name, what, "install the package again") from error


class _FoldReader:
    """Knows the readings of the turns of one group, and of no other turn."""

    def __init__(self, whole: SignalReader, group: Group, logits: Mapping[str, Floats], digest: str) -> None:
        self._whole, self._group, self._logits = whole, group, logits
        self.digest = f"{digest} without {group}"

    def threshold(self, signal: str) -> float:
        """The value from which on the signal is taken to hold."""
        return self._whole.threshold(signal)

    def read(self, roles: Sequence[SignalRole], texts: Sequence[str]) -> SignalMatrix:
        """The stored readings.

        Raises:
            InputError: a turn is not one of the group's.
        """
        values = np.full((len(texts), len(SIGNAL_NAMES)), np.nan, dtype=np.float32)
        for at, (role, text) in enumerate(zip(roles, texts, strict=True)):
            logits = self._logits.get(turn_name(role, text))
            if logits is None:
                where = f"{self._group}, turn {at}"
                wanted = "a turn that the weights were made with; get the set again, or run make train with yours"
                raise InputError(where, f"reads {text[:60]!r}", wanted)
            chances = (1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))).astype(np.float32)
            values[at] = readings_of(role, ordered(role, chances[None]))[0]
        count(roles, texts, values)
        return SignalMatrix(values)

    def read_many(self, conversations: Sequence[tuple[Sequence[SignalRole], Sequence[str]]]) -> list[SignalMatrix]:
        """The same for many conversations."""
        return [self.read(roles, texts) for roles, texts in conversations]


def _digest(of: str, arrays: Mapping[str, NDArray[Any]]) -> str:
    total = hashlib.sha256(f"{of} {[list(OUTPUTS[role]) for role in ROLES]}".encode())
    for name in sorted(arrays):
        total.update(name.encode())
        total.update(np.ascontiguousarray(arrays[name]).tobytes())
    return total.hexdigest()


@cache
def _shipped(member: str) -> ReadingFolds:
    with (files("dtnexus.coding") / "weights" / FOLDS[member]).open("rb") as source:
        return read_reading_folds(source, FOLDS[member])
