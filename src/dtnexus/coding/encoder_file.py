"""The shipped files of the encoder: body, heads, vocabulary, and how its scores join the linear member's."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.encoder_states import BODY, VOCABULARY
from dtnexus.coding.encoder_windows import BEFORE_TOKENS, OVERLAP_TOKENS, WINDOW_TOKENS
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.weight_file import OUTPUTS, ROLES
from dtnexus.errors import InputError

FORMAT: Final = 1
HEADS: Final = "encoder_heads.onnx"
HEADER: Final = "encoder.json"

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Join:
    """Per output of a role: the joined logit is `linear` and `encoder` times the members' logits, plus `shift`."""

    linear: Floats
    encoder: Floats
    shift: Floats

    def logits(self, linear: Floats, encoder: Floats) -> Floats:
        """Joined logits of turns; both arguments of shape (n_turns, n_outputs)."""
        return np.asarray(self.linear * linear + self.encoder * encoder + self.shift, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class EncoderFile:
    """What is known about an encoder besides its weights."""

    version: str
    linear: str
    """Digest of the linear weights that the join was fitted with."""
    thresholds: Mapping[str, Mapping[str, float]]
    joins: Mapping[SignalRole, Join]
    digest: str = ""
    """SHA-256 over header, body, heads and vocabulary; "" before writing."""


def _digest(header: Mapping[str, Any], folder: Path) -> str:
    total = hashlib.sha256(json.dumps(header, sort_keys=True, separators=(",", ":")).encode())
    for name in (BODY, HEADS, VOCABULARY):
        total.update((folder / name).read_bytes())
    return total.hexdigest()


def _fixed() -> dict[str, Any]:
    """What a header must say to be readable with this version."""
    return {
        "format": FORMAT,
        "windows": {"tokens": WINDOW_TOKENS, "overlap": OVERLAP_TOKENS, "before": BEFORE_TOKENS},
        "outputs": {role: [list(output) for output in OUTPUTS[role]] for role in ROLES},
    }


def write_encoder(folder: Path, encoder: EncoderFile) -> str:
    """Writes the header beside body, heads and vocabulary, which lie in the folder, and gives the digest of all."""
    header = _fixed() | {
        "version": encoder.version,
        "linear": encoder.linear,
        "thresholds": {name: dict(values) for name, values in encoder.thresholds.items()},
        "joins": {
            role: {name: [round(float(value), 5) for value in getattr(encoder.joins[role], name)] for name in _PARTS}
            for role in ROLES
        },
    }
    digest = _digest(header, folder)
    text = json.dumps(header | {"digest": digest}, sort_keys=True, indent=1)
    (folder / HEADER).write_text(text + "\n", encoding="utf-8")
    return digest


_PARTS: Final = ("linear", "encoder", "shift")


def read_encoder(folder: Path) -> EncoderFile:
    """The header that `write_encoder` wrote; body, heads and vocabulary lie beside it unchanged.

    Raises:
        InputError: a file is missing or damaged, or belongs to another version.
    """
    try:
        header = json.loads((folder / HEADER).read_text(encoding="utf-8"))
        said = header.pop("digest")
        for key, value in _fixed().items():
            if header[key] != value:
                raise InputError(HEADER, f"{key} is {str(header[key])[:80]!r}", f"{str(value)[:80]!r}; train it again")
        found = _digest(header, folder)
        if found != said:
            raise InputError(HEADER, f"the files have the digest {found[:12]!r}", f"{said[:12]!r}; install them again")
        joins = {
            role: Join(*(np.array(header["joins"][role][name], dtype=np.float32) for name in _PARTS)) for role in ROLES
        }
        return EncoderFile(header["version"], header["linear"], header["thresholds"], joins, found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(HEADER, f"cannot be read ({type(error).__name__})", "install the package again") from error
