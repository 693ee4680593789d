"""The encoder member: a small text encoder beside the linear member, joined per signal.

It reads like `LinearModel` and gives the same signals on the same scale. The lower layers of a
public sentence encoder give every token of a turn a vector; heads that were learnt for this
project weigh them, one attention a signal. Both members are wrong in different places, so that
their weighted sum is better than either. Opens no connection, and gives a turn the same value
whatever else is read with it.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.encoder_file import HEADER, HEADS, EncoderFile, read_encoder
from dtnexus.coding.encoder_states import EncoderBody, session
from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.outputs import (
    Gathered,
    Role,
    SignalMatrix,
    ThresholdKind,
    columns_of,
    ordered,
    readings_of,
    threshold_of,
)
from dtnexus.coding.signals import SignalRole
from dtnexus.errors import InputError

Floats = NDArray[np.float32]

_LEAST_CHANCE: Final = 1e-6


class EncoderModel:
    """Reads the signals of whole conversations with both members.

    It can be sent to another process, which loads the shipped files again.
    """

    def __init__(self, file: EncoderFile, folder: Path) -> None:
        """A model that is ready to read, from the files in a folder; `load` gives the shipped one.

        Raises:
            InputError: the file was joined with other linear weights than the shipped ones.
        """
        self._linear = LinearModel.load()
        if file.linear != self._linear.digest:
            given, wanted = file.linear[:12], self._linear.digest[:12]
            raise InputError(HEADER, f"is joined with the linear weights {given!r}", f"{wanted!r}; run make train")
        self.version: str = file.version
        self.digest: str = file.digest
        self._file = file
        self._body = EncoderBody(folder)
        self._heads = session(folder / HEADS)

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return EncoderModel.load, ()

    @staticmethod
    def load() -> "EncoderModel":
        """The model with the shipped weights; the same object at every call.

        Raises:
            InputError: a shipped file is damaged or does not fit this version.
        """
        return _loaded()

    def threshold(self, signal: str, kind: ThresholdKind = "balanced") -> float:
        """The value from which on the signal is taken to hold, as `LinearModel.threshold` says.

        Raises:
            UsageError: There is no such signal, or it has no such threshold.
        """
        return threshold_of(self._file.thresholds, signal, kind)

    def read(self, roles: Sequence[Role], texts: Sequence[str]) -> SignalMatrix:
        """The signals of all turns of one conversation, given whole and in order.

        Raises:
            UsageError: The two differ in length, or a role is unknown.
        """
        return self.read_many([(roles, texts)])[0]

    def read_many(self, conversations: Sequence[tuple[Sequence[Role], Sequence[str]]]) -> list[SignalMatrix]:
        """The reading of every conversation, in order; the same as reading each alone.

        Raises:
            UsageError: Roles and texts of a conversation differ in length, or a role is unknown.
        """
        out = Gathered.of(conversations)
        for role, turns, chances, shown_in in self._linear.chances(conversations):
            scores = self.scores([(turn.role, turn.before, turn.text) for turn in turns])[:, columns_of(role)]
            out.put(turns, readings_of(role, self._joined(role, chances, scores)), shown_in)
        return out.matrices()

    def scores(self, turns: Sequence[tuple[SignalRole, str, str]]) -> Floats:
        """The encoder's own score of every output of both roles for every turn, before it is joined.

        Turns are given as role, turn before and turn. Shape (n_turns, n_outputs), agent outputs first.
        """
        rows = [
            self._heads.run(None, {"own": states.own, "context": states.context})[0]
            for states in self._body.read(turns)
        ]
        return np.stack(rows).astype(np.float32)

    def _joined(self, role: SignalRole, chances: Floats, scores: Floats) -> Floats:
        """Probabilities of a role's outputs from the linear member's and the encoder's scores."""
        sure = np.clip(chances, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
        logits = self._file.joins[role].logits(np.log(sure / (1 - sure)), scores)
        return ordered(role, (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32))


@cache
def _loaded() -> EncoderModel:
    with as_file(files("dtnexus.coding") / "weights") as folder:
        return EncoderModel(read_encoder(folder), folder)
