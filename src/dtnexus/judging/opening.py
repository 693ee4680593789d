"""Opening the wire to a judge, or saying which command installs what is missing for it."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from dtnexus.errors import MissingExtraError
from dtnexus.judging.delivery import Parameters, Sender
from dtnexus.judging.target import JudgeTarget

Opener = Callable[[JudgeTarget, Parameters, float], Sender]
"""Opens the way to a judge with these parameters and a limit of seconds for one answer."""


def open_wire(target: JudgeTarget, parameters: Parameters, timeout: float) -> Sender:
    """The wire to a judge; nothing is sent yet.

    Raises:
        MissingExtraError: pydantic-ai or the provider's own library is not installed.
        UsageError: the key is missing.
    """
    try:
        wire = importlib.import_module("dtnexus.judging.wire")
    except ImportError:
        raise MissingExtraError(f"the judge {target.name}", "judge") from None
    sender: Sender = wire.Wire(target, parameters, timeout)
    return sender
