"""The three passes of coding one unit: read whole, mark opportunities, rate; and how many flagged units a day holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dtnexus.errors import UsageError
from dtnexus.sheet import PASSES, Action, AssignmentState, DropMark, Pass, PutMark
from dtnexus.study.settings import StudySettings


def check_step(state: AssignmentState, now: Pass, wanted: Pass) -> None:
    """Return where one may go to a pass: back at any time, onwards one pass at a time, and first of all to reading.

    Raises:
        UsageError: a pass would be left out.
    """
    reached = -1 if state == "open" else PASSES.index(now)
    if PASSES.index(wanted) > reached + 1:
        raise UsageError("the passes are read, mark, rate, in this order; finish the one before first")


def check_pass(action: Action, now: Pass) -> None:
    """Return where the pass is one in which this may be done: marks from the second on, answers in the third.

    Raises:
        UsageError: it belongs to a later pass.
    """
    if now == "read":
        raise UsageError("read the whole conversation first; opportunities are marked in the second pass")
    if now == "mark" and not isinstance(action.change, PutMark | DropMark):
        raise UsageError("answers are given in the third pass; mark the opportunities first")


def check_day(settings: StudySettings, opened: Iterable[datetime], at: datetime) -> None:
    """Return where the study lets a person open one more unit with a content warning on this day (UTC).

    Args:
        settings: of the study.
        opened: when the person opened the flagged units so far.
        at: now.

    Raises:
        UsageError: the day is full.
    """
    most = settings.warned_a_day
    if most is None:
        return
    today = sum(each.date() == at.date() for each in opened)
    if today >= most:
        raise UsageError(
            f"you have opened {today} units with a content warning today, and this study allows {most} a day; "
            "take one without a warning, or go on tomorrow"
        )
