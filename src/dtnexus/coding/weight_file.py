"""The shipped weights: plain arrays and a JSON header, with a digest that is checked on reading."""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.signals import AGENT_SIGNALS, CLIENT_SIGNALS, SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS, FEATURE_BITS
from dtnexus.errors import InputError

FORMAT: Final = 1
FEATURES: Final = 1
"""Version of the feature extraction; weights of another version cannot be read with this one."""

ROLES: Final[tuple[SignalRole, SignalRole]] = ("agent", "client")
OUTPUTS: Final[Mapping[SignalRole, tuple[tuple[str, int], ...]]] = {
    "agent": tuple((signal.name, level) for signal in AGENT_SIGNALS for level in range(1, signal.maximum + 1)),
    "client": tuple((signal.name, level) for signal in CLIENT_SIGNALS for level in range(1, signal.maximum + 1)),
}
"""What is learnt for each role: that a signal is at least a level."""


@dataclass(frozen=True, slots=True)
class RoleWeights:
    """The linear model of one role."""

    features: NDArray[np.uint32]
    """Kept hashed features, ascending, shape (n_kept,)."""
    matrix: NDArray[np.int8]
    """Shape (n_kept, n_outputs); times `scale` it is the weight."""
    scale: NDArray[np.float32]
    """Per output."""
    bias: NDArray[np.float32]
    """Per output, before calibration."""
    slope: NDArray[np.float32]
    """Per output: the probability is the logistic of slope * score + shift."""
    shift: NDArray[np.float32]
    """Per output."""


_ARRAYS: Final = ("features", "matrix", "scale", "bias", "slope", "shift")


@dataclass(frozen=True, slots=True)
class WeightFile:
    """All that is shipped: weights of both roles and what is known about them."""

    version: str
    sharpness: float
    """How nearly the soft maximum over sentences is a maximum."""
    thresholds: Mapping[str, Mapping[str, float]]
    """Per signal: `balanced` (best F1) and `precise` (precision of at least .9 where it can be had)."""
    roles: Mapping[SignalRole, RoleWeights]
    digest: str
    """SHA-256 of the arrays and the header."""


def _digest(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    total = hashlib.sha256(json.dumps(header, sort_keys=True, separators=(",", ":")).encode())
    for name in sorted(arrays):
        total.update(name.encode())
        total.update(np.ascontiguousarray(arrays[name]).tobytes())
    return total.hexdigest()


def write_weights(out: IO[bytes], weights: WeightFile) -> str:
    """Writes the weights and gives their digest; equal weights give equal bytes.

    `weights.digest` is not looked at.
    """
    arrays = {f"{role}_{name}": getattr(weights.roles[role], name) for role in ROLES for name in _ARRAYS}
    header: dict[str, Any] = {
        "format": FORMAT,
        "version": weights.version,
        "features": {"version": FEATURES, "bits": FEATURE_BITS, "before_characters": BEFORE_CHARACTERS},
        "outputs": {role: [list(output) for output in OUTPUTS[role]] for role in ROLES},
        "sharpness": weights.sharpness,
        "thresholds": {name: dict(values) for name, values in weights.thresholds.items()},
    }
    header["digest"] = _digest(header, arrays)
    write_arrays(out, json.dumps(header, sort_keys=True).encode(), arrays)
    return str(header["digest"])


def write_arrays(out: IO[bytes], header: bytes, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes a header and arrays as `numpy.load` reads them; equal content gives equal bytes."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in (("header", np.frombuffer(header, dtype=np.uint8)), *sorted(arrays.items())):
            inner = BytesIO()
            np.lib.format.write_array(inner, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0))
            archive.writestr(entry, inner.getvalue(), zipfile.ZIP_DEFLATED, 9)


def read_weights(source: IO[bytes], name: str) -> WeightFile:
    """The weights of a file that `write_weights` wrote; `name` is used in messages.

    Raises:
        InputError: Another format, another feature version or list of signals, or a wrong digest.
    """
    try:
        with np.load(source, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        header = json.loads(arrays.pop("header").tobytes())
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(name, f"is no weight file ({type(error).__name__})", "install the package again") from error
    wanted = {
        "format": FORMAT,
        "features": {"version": FEATURES, "bits": FEATURE_BITS, "before_characters": BEFORE_CHARACTERS},
        "outputs": {role: [list(output) for output in OUTPUTS[role]] for role in ROLES},
    }
    for key, value in wanted.items():
        if header.get(key) != value:
            given = str(header.get(key))[:80]
            raise InputError(name, f"{key} is {given!r}", f"{str(value)[:80]!r}; retrain the weights")
    said = header.pop("digest", None)
    found = _digest(header, arrays)
    if said != found:
        raise InputError(name, f"has the digest {found[:12]!r}", f"{str(said)[:12]!r}; install the package again")
    roles = {role: RoleWeights(*(arrays[f"{role}_{part}"] for part in _ARRAYS)) for role in ROLES}
    return WeightFile(header["version"], header["sharpness"], header["thresholds"], roles, found)
