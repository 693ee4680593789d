"""The shipped networks: every processor must read the same values from them."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dtnexus.coding.encoder_file import HEADS
from dtnexus.coding.encoder_states import BODY

SHIPPED = Path(str(files("dtnexus.coding") / "weights"))
GRAPH, INITIALIZER, DATA_TYPE, RAW_DATA = 7, 5, 2, 9
"""Field numbers of ModelProto, GraphProto and TensorProto in onnx.proto3 (ONNX 1.17)."""
INT8 = 3


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The varint that begins at a place, and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol-buffer message: number, and a number or bytes."""
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _number(data, at)
            yield key >> 3, value
            continue
        size, at = _number(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        yield key >> 3, data[at : at + size]
        at += size


def whole_numbers(network: Path) -> Iterator[NDArray[np.int8]]:
    """The weights of a network that are whole numbers of 8 bits."""
    graph = next(value for number, value in fields(network.read_bytes()) if number == GRAPH)
    assert isinstance(graph, bytes)
    for number, tensor in fields(graph):
        if number == INITIALIZER and isinstance(tensor, bytes):
            parts = dict(fields(tensor))
            content = parts.get(RAW_DATA)
            if parts[DATA_TYPE] == INT8 and isinstance(content, bytes):
                yield np.frombuffer(content, dtype=np.int8)


@pytest.mark.parametrize("name", [BODY, HEADS])
def test_no_processor_has_to_cut_a_sum(name: str) -> None:
    """AVX2 adds two products of an input of 8 bits (0 to 255) and a weight to 16 bits and cuts what does not fit."""
    found = list(whole_numbers(SHIPPED / name))
    large = [weights for weights in found if weights.size > 1]
    assert len(large) > 3
    most = max(int(np.abs(weights.astype(int)).max()) for weights in large)
    assert 32 < most <= 64
    assert 2 * 255 * most <= np.iinfo(np.int16).max
