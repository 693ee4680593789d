"""Fitting the linear weights: a turn is a bag of sentences, and a sentence may carry a signal alone.

The score of a turn is the soft maximum of the scores of its sentences plus the score of its
context. All outputs of a role are fitted in one go by a limited-memory quasi-Newton method that
keeps its own curvature and step length for every output.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from dtnexus.coding.turn_features import FEATURE_BITS, Batch, Block, extract
from dtnexus.coding.word_kinds import Vocabulary

SHRINKAGE = 5.0
LEAST_FREEDOM = 0.3

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """Features of many turns as sparse matrices over the kept features."""

    sentences: csr_matrix
    """Shape (n_sentences, n_kept)."""
    contexts: csr_matrix
    """Shape (n_turns, n_kept)."""
    turn_of: Ints
    """Turn of each sentence, ascending."""

    def take(self, turns: Ints) -> "Design":
        """The design of some turns, given in ascending order."""
        place = np.full(self.contexts.shape[0], -1, dtype=np.int64)
        place[turns] = np.arange(len(turns))
        keep = np.flatnonzero(place[self.turn_of] >= 0)
        return Design(self.sentences[keep], self.contexts[turns], place[self.turn_of[keep]])


def _matrix(blocks: Sequence[Block], rows: int) -> csr_matrix:
    """The blocks as a matrix over all hashed features; equal features of a row add up."""
    mask = np.uint32((1 << FEATURE_BITS) - 1)
    at = np.concatenate([block.rows for block in blocks])
    columns = np.concatenate([block.hashes & mask for block in blocks]).astype(np.int32)
    values = np.concatenate([block.values for block in blocks])
    return csr_matrix((values, (at, columns)), shape=(rows, 1 << FEATURE_BITS), dtype=np.float32)


def full_design(texts: Sequence[str], befores: Sequence[str]) -> Design:
    """The design of the turns over all hashed features."""
    batch: Batch = extract(Vocabulary(), texts, befores)
    return Design(_matrix(batch.sentences, len(batch.turn_of)), _matrix(batch.contexts, len(texts)), batch.turn_of)


def frequent(design: Design, smallest: int) -> Ints:
    """The features that at least `smallest` turns have, ascending."""
    present = _presence(design)
    return np.flatnonzero(np.bincount(present.indices, minlength=present.shape[1]) >= smallest)


def keep(design: Design, features: Ints) -> Design:
    """The design over some features only."""
    return Design(design.sentences[:, features].tocsr(), design.contexts[:, features].tocsr(), design.turn_of)


def soft_maximum(scores: Floats, turn_of: Ints, sharpness: float) -> tuple[Floats, Floats]:
    """Per turn log(mean(exp(sharpness * score))) / sharpness, and each sentence's share of its gradient.

    The mean (not the sum) keeps the number of sentences out of the score.
    """
    starts = np.flatnonzero(np.diff(turn_of, prepend=-1))
    top = np.maximum.reduceat(scores, starts, axis=0)
    spread = np.exp(np.float32(sharpness) * (scores - top[turn_of]))
    total = np.add.reduceat(spread, starts, axis=0)
    size = np.diff(np.append(starts, len(turn_of))).astype(np.float32)[:, None]
    pooled: Floats = (top + np.log(total / size) / sharpness).astype(np.float32)
    return pooled, spread / total[turn_of]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of one role over the kept features, (n_kept, n_outputs), and biases, (n_outputs,)."""

    matrix: Floats
    bias: Floats
    sharpness: float

    def score(self, design: Design) -> Floats:
        """Scores of the turns before calibration, shape (n_turns, n_outputs)."""
        pooled, _ = soft_maximum(design.sentences @ self.matrix, design.turn_of, self.sharpness)
        scores: Floats = pooled + design.contexts @ self.matrix + self.bias
        return scores


def _presence(design: Design) -> csr_matrix:
    """1 where a turn has a feature in any of its sentences or in its context, shape (n_turns, n_kept)."""
    n, rows = design.contexts.shape[0], len(design.turn_of)
    member = csr_matrix((np.ones(rows, dtype=np.float32), (design.turn_of, np.arange(rows))), shape=(n, rows))
    joined = (member @ abs(design.sentences) + abs(design.contexts)).tocsr()
    joined.data[:] = 1.0
    return joined


def freedom(design: Design, target: Floats, weight: Floats) -> Floats:
    """How far the weight of a feature may move for an output, shape (n_kept, n_outputs), mean square 1.

    It grows with the log of how much more or less often the output holds in turns with the
    feature than in all turns, shrunk for rare features (the idea of naive Bayes features, Wang &
    Manning 2012, as a prior scale).
    """
    present = _presence(design)
    held, absent = present.T @ (weight * target), present.T @ (weight * (1.0 - target))
    rate = (weight * target).sum(axis=0) / np.maximum(weight.sum(axis=0), 1.0)
    prior = SHRINKAGE * rate + 0.1
    lift = np.log((held + prior) / ((held + absent) * rate + prior))
    scale = (LEAST_FREEDOM + np.abs(lift)).astype(np.float32)
    return np.asarray(scale / np.sqrt(np.mean(scale**2, axis=0)), dtype=np.float32)


def fit(design: Design, target: Floats, weight: Floats, penalty: float, sharpness: float, steps: int = 30) -> Weights:
    """The weights of least penalised log loss; targets may lie between 0 and 1."""
    scale = freedom(design, target, weight)
    up, up_context = design.sentences.T.tocsr(), design.contexts.T.tocsr()
    mass = np.maximum(weight.sum(axis=0), 1.0)
    share = np.clip((weight * target).sum(axis=0) / mass, 1e-4, 1 - 1e-4)
    start = np.zeros((design.sentences.shape[1] + 1, target.shape[1]), dtype=np.float32)
    start[-1] = np.log(share / (1 - share))

    def loss(x: Floats) -> tuple[NDArray[np.float64], Floats]:
        matrix = scale * x[:-1]
        pooled, part = soft_maximum(design.sentences @ matrix, design.turn_of, sharpness)
        score = pooled + design.contexts @ matrix + x[-1]
        value = (weight * (np.logaddexp(0.0, score) - target * score)).sum(axis=0, dtype=np.float64)
        value += 0.5 * penalty * np.einsum("fk,fk->k", x[:-1], x[:-1]).astype(np.float64)
        wrong = weight * (expit(score) - target)
        slope = np.empty_like(x)
        slope[:-1] = scale * (up @ (part * wrong[design.turn_of]) + up_context @ wrong)
        slope[:-1] += np.float32(penalty) * x[:-1]
        slope[-1] = wrong.sum(axis=0)
        return value, slope

    best = descend(loss, start, steps)
    return Weights(scale * best[:-1], best[-1], sharpness)


def descend(
    loss: Callable[[Floats], tuple[NDArray[np.float64], Floats]], start: Floats, steps: int, memory: int = 5
) -> Floats:
    """The columns of `start` moved to where their losses are least, by limited-memory BFGS per column."""
    x = start
    value, slope = loss(x)
    past: list[tuple[Floats, Floats, Floats]] = []
    for step in range(steps):
        move = _direction(slope, past)
        falling = -np.einsum("fk,fk->k", slope, move)
        length = np.ones(x.shape[1], dtype=np.float32)
        if step == 0:
            length = (1.0 / np.maximum(np.sqrt(np.einsum("fk,fk->k", slope, slope)), 1e-8)).astype(np.float32)
        length[falling <= 0] = 0.0
        for _ in range(8):
            new = x + length * move
            new_value, new_slope = loss(new)
            failed = (new_value > value - 1e-4 * length * falling) & (length > 0)
            if not failed.any():
                break
            length[failed] *= 0.35
        length[failed] = 0.0
        stay = length == 0
        new[:, stay], new_slope[:, stay], new_value[stay] = x[:, stay], slope[:, stay], value[stay]
        gain = float(np.max((value - new_value) / np.maximum(np.abs(value), 1.0)))
        moved, turned = new - x, new_slope - slope
        curve = np.einsum("fk,fk->k", moved, turned)
        inverse = np.where(curve > 1e-10, 1.0 / np.maximum(curve, 1e-10), 0.0).astype(np.float32)
        past = [*past[-(memory - 1) :], (moved, turned, inverse)]
        x, value, slope = new, new_value, new_slope
        if gain < 1e-5:
            break
    return x


def _direction(slope: Floats, past: Sequence[tuple[Floats, Floats, Floats]]) -> Floats:
    """The quasi-Newton direction of every column (two-loop recursion)."""
    q = -slope
    kept: list[Floats] = []
    for moved, turned, inverse in reversed(past):
        a = inverse * np.einsum("fk,fk->k", moved, q)
        q = q - a * turned
        kept.append(a)
    if past:
        moved, turned, inverse = past[-1]
        size = np.einsum("fk,fk->k", turned, turned)
        scale = np.where(inverse > 0, 1.0 / np.maximum(inverse * size, 1e-10), 1.0)
        q = q * scale.astype(np.float32)
    for (moved, turned, inverse), a in zip(past, reversed(kept), strict=True):
        q = q + moved * (a - inverse * np.einsum("fk,fk->k", turned, q))
    return q
