"""What can be wrong with an answer, as a closed list. A fault never becomes an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from dtnexus.rating import FailureCause
from dtnexus.record import Record

FaultCode = Literal[
    "delivery",
    "refused",
    "truncated",
    "not_json",
    "extra_text",
    "duplicate_id",
    "unknown_id",
    "missing_id",
    "wrong_type",
    "wrong_key",
    "check_failed",
    "contradiction",
    "wrong_turn",
    "quote_not_found",
    "quote_too_short",
    "quote_too_long",
    "quote_withheld",
]
_CAUSES: Final[Mapping[FaultCode, FailureCause]] = {
    "refused": "refused",
    "truncated": "truncated",
    "not_json": "unparseable",
    "extra_text": "unparseable",
    "duplicate_id": "unparseable",
    "unknown_id": "unparseable",
    "missing_id": "unparseable",
    "wrong_type": "unparseable",
    "wrong_key": "inconsistent",
    "check_failed": "inconsistent",
    "contradiction": "inconsistent",
    "wrong_turn": "inconsistent",
    "quote_not_found": "quote_not_found",
    "quote_too_short": "quote_not_found",
    "quote_too_long": "quote_not_found",
    "quote_withheld": "quote_not_found",
}


class AnswerFault(Record):
    """Why an answer, or the part of it on one section, is void."""

    code: FaultCode
    cause: FailureCause
    detail: str
    """Where, in ids of ours and numbers; never the model's words or the conversation's."""


def fault(code: FaultCode, detail: str) -> AnswerFault:
    """A fault of this kind with the cause that belongs to it."""
    return AnswerFault(code=code, cause=_CAUSES[code], detail=f"{code}: {detail}")
