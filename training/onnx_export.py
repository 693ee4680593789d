"""Writes networks as ONNX files in whole numbers (training only)."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn


def export(
    network: nn.Module,
    example: tuple[torch.Tensor, ...],
    path: Path,
    *,
    given: list[str],
    found: str,
    axes: Mapping[str, Mapping[int, str]],
) -> None:
    """Writes a network as ONNX with whole-number weights of 7 bits, one scale a channel.

    A processor with AVX2 alone adds products of 8 by 8 bits in pairs to 16 bits and cuts what does not fit, so that
    it would read other values than one that adds to 32 bits. With weights of 7 bits every pair fits.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            network, example, str(whole), input_names=given, output_names=[found],
            dynamic_axes={name: dict(each) for name, each in axes.items()}, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
