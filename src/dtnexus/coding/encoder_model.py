"""The encoder member: a small text encoder beside the linear member, joined per signal.

It reads like `LinearModel` and gives the same signals on the same scale. Both members are wrong in
different places, so that their weighted sum is better than either. The encoder needs `onnxruntime`
and `tokenizers`, opens no connection, and gives a turn the same value whatever else is read with
it: windows are read one by one, for the scale of whole-number arithmetic depends on all that is
read at once.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.encoder_file import NETWORK, VOCABULARY, EncoderFile, read_encoder
from dtnexus.coding.encoder_windows import BEFORE_TOKENS, windows_of
from dtnexus.coding.linear_model import LinearModel, Role, SignalMatrix, ThresholdKind
from dtnexus.coding.outputs import columns_of, readings_of, spoken_turns, threshold_of, width
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from dtnexus.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]

_LEAST_CHANCE: Final = 1e-6


class EncoderModel:
    """Reads the signals of whole conversations with both members.

    It can be sent to another process, which loads the shipped files again.
    """

    def __init__(self, file: EncoderFile, network: "InferenceSession", vocabulary: "Tokenizer") -> None:
        """A model that is ready to read; `load` gives the shipped one.

        Raises:
            InputError: the file was joined with other linear weights than the shipped ones.
        """
        self.sentences = LinearModel.load()
        """What reads single sentences, to find the words behind a signal."""
        if file.linear != self.sentences.digest:
            raise InputError(
                "encoder.json", f"is joined with linear weights {file.linear[:12]}",
                f"{self.sentences.digest[:12]}; run make train-encoder",
            )  # fmt: skip
        self.version: str = file.version
        self.digest: str = file.digest
        self._file = file
        self._network = network
        self._vocabulary = vocabulary

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return EncoderModel.load, ()

    @staticmethod
    def load() -> "EncoderModel":
        """The model with the shipped weights; the same object at every call.

        Raises:
            InputError: a shipped file is damaged or does not fit this version.
            MissingExtraError: `onnxruntime` or `tokenizers` is not installed.
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
        turns = list(spoken_turns(conversations))
        chances = self.sentences.chances(conversations)
        scores = self._scores([(turn.role, turn.before, turn.text) for turn in turns])
        for turn, score in zip(turns, scores, strict=True):
            own, join = columns_of(turn.role), self._file.joins[turn.role]
            row = chances[turn.conversation][turn.turn, own]
            chance = np.clip(row, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
            logit = join.logits(np.log(chance / (1 - chance)), score[own])
            chances[turn.conversation][turn.turn, own] = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
        return [SignalMatrix(readings_of(rows)) for rows in chances]

    def locate(self, role: SignalRole, text: str, before: str, signal: str) -> tuple[int, int]:
        """The sentence that carries most of the evidence for a signal, as `LinearModel.locate` says."""
        return self.sentences.locate(role, text, before, signal)

    def _scores(self, turns: Sequence[tuple[SignalRole, str, str]]) -> Floats:
        """The network's score of every output for every turn, the largest of its windows."""
        out = np.full((len(turns), width()), -np.inf, dtype=np.float32)
        texts = self._vocabulary.encode_batch([text for _, _, text in turns], add_special_tokens=False)
        befores = self._vocabulary.encode_batch(
            [before[-BEFORE_CHARACTERS:] for _, before, _ in turns], add_special_tokens=False
        )
        for at, ((role, _, _), before, text) in enumerate(zip(turns, befores, texts, strict=True)):
            for window in windows_of(role, before.ids[-BEFORE_TOKENS:], text.ids):
                ids = np.array([window.ids], dtype=np.int64)
                kinds = np.zeros_like(ids)
                kinds[0, window.start :] = 1
                scores = self._network.run(None, {"ids": ids, "kinds": kinds})[0]
                out[at] = np.maximum(out[at], scores[0])
        return out


def _session(path: Path) -> "InferenceSession":
    """The network, reading with one thread; several readers are several processes."""
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _loaded() -> EncoderModel:
    with as_file(files("dtnexus.coding") / "weights") as folder:
        file = read_encoder(folder)
        try:
            from tokenizers import Tokenizer  # noqa: PLC0415

            network = _session(folder / NETWORK)
        except ImportError as error:
            raise MissingExtraError("encoder", "the encoder coder") from error
        return EncoderModel(file, network, Tokenizer.from_file(str(folder / VOCABULARY)))
