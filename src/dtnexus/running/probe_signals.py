"""Reading the agent's signals of one reply, for the branches of probes, with the embedded model."""

from __future__ import annotations

from collections.abc import Mapping

from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.session_reading import SignalReader, strengths
from dtnexus.coding.signals import AGENT_SIGNALS, SIGNAL_NAMES
from dtnexus.probing.script import ReadSignals

AGENT_MAXIMA: Mapping[str, float] = {signal.name: float(signal.maximum) for signal in AGENT_SIGNALS}
"""Agent signal -> its largest value; what the tests in probes are checked against."""


def reply_reader(reader: SignalReader | None = None) -> ReadSignals:
    """A function that gives every learnt agent signal of a reply, on the scale of the framework's signal rules.

    Probabilities are strengths (0.5: the signal is just taken to hold), graded signals expected values.
    None takes the shipped model. The same reply to the same words always reads the same.

    Raises:
        InputError: the shipped weights are damaged.
    """
    model = LinearModel.load() if reader is None else reader

    def read(reply: str, said_before: str) -> Mapping[str, float]:
        values = strengths(model, model.read(["client", "agent"], [said_before, reply]).values)[1]
        return {name: float(values[SIGNAL_NAMES.index(name)]) for name in AGENT_MAXIMA}

    return read
