"""The signal models of the members, as they are shipped."""

from __future__ import annotations

from dtnexus.coding.encoder_model import EncoderModel
from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.member import DEFAULT, ENCODER, LINEAR, MEMBERS
from dtnexus.errors import UsageError

SignalModel = LinearModel | EncoderModel


def signal_model(member: str = DEFAULT) -> SignalModel:
    """What reads the signals of turns; the same object at every call.

    Raises:
        InputError: a weight file is damaged or does not fit this version.
        UsageError: there is no such member.
    """
    if member == LINEAR:
        return LinearModel.load()
    if member == ENCODER:
        return EncoderModel.load()
    raise UsageError(f"the embedded coder has no member {member!r}; use one of {', '.join(MEMBERS)}")
