"""The lower layers of a small text encoder, read offline with onnxruntime: turns in, one vector a token out.

Windows are read one by one: the scale of whole-number arithmetic depends on all that is read at
once, and a turn must have the same states whatever else is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions, disable_telemetry_events

from dtnexus.coding.encoder_windows import BEFORE_TOKENS, Window, windows_of
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from dtnexus.coding.word_pieces import WordPieces

Floats = NDArray[np.float32]

BODY: Final = "encoder.onnx"
VOCABULARY: Final = "encoder_words.txt"
WIDTH: Final = 384


@dataclass(frozen=True, slots=True, eq=False)
class TurnStates:
    """What the encoder makes of one turn."""

    own: Floats
    """One vector a token of the turn, all windows one after another, shape (n_tokens, WIDTH)."""
    context: Floats
    """The mean over the tokens of the turn before, shape (WIDTH,)."""


def session(path: Path) -> InferenceSession:
    """A network that reads with one thread, and tells nobody; several readers are several processes."""
    disable_telemetry_events()
    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def turn_windows(words: WordPieces, role: SignalRole, before: str, text: str) -> list[Window]:
    """The windows of a turn after the turn before ("" for a first one)."""
    end = words.numbers(before[-BEFORE_CHARACTERS:])[-BEFORE_TOKENS:]
    return list(windows_of(role, end, words.numbers(text)))


class EncoderBody:
    """Reads the states of turns."""

    def __init__(self, folder: Path) -> None:
        """A reader on the network and the vocabulary in a folder.

        Raises:
            OSError: a file is missing.
        """
        self._network = session(folder / BODY)
        self._words = WordPieces((folder / VOCABULARY).read_text(encoding="utf-8").split("\n")[:-1])

    def read(self, turns: Sequence[tuple[SignalRole, str, str]]) -> Iterator[TurnStates]:
        """The states of turns, each given as role, turn before ("" for a first one) and turn, in order."""
        for role, before, text in turns:
            windows = turn_windows(self._words, role, before, text)
            states = [self._window(window) for window in windows]
            own = np.concatenate([state[window.start :] for window, state in zip(windows, states, strict=True)])
            yield TurnStates(own, states[0][: windows[0].start].mean(axis=0))

    def _window(self, window: Window) -> Floats:
        ids = np.array(window.ids, dtype=np.int64)
        return np.asarray(self._network.run(None, {"ids": ids})[0], dtype=np.float32)
