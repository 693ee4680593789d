"""Making calls small enough for a model that reads little at once."""

from __future__ import annotations

from typing import Final

from dtnexus.coding.judge.call import estimated_tokens
from dtnexus.coding.judge.grouping import Group, groups_of
from dtnexus.coding.judge.prompts import INSTRUCTIONS, section_text
from dtnexus.coding.judge.sections import sections_of, typical_answer, wanted_criteria
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.errors import UsageError
from dtnexus.framework import Framework

MARGIN: Final = 1.25
"""Prompts may have so many times the tokens that are estimated."""
_FORM: Final = 300
"""Tokens of checks, the form of the answer and the marks of a chat."""
_A_LINE: Final = 1.5
"""A turn's line has so many times the characters of its text, where turns are short."""
_LEAST: Final = 2_000
"""Characters of a conversation that have to fit, at least."""
_MOST_CALLS: Final = 40


def fitted(settings: JudgeSettings, framework: Framework, context: int) -> JudgeSettings:
    """The settings with windows, and if need be calls, so small that a model can take them.

    Of `context` tokens, instructions, questions and twice a typical answer are taken off; a window holds what is
    left. Where that is less than a third of it, the questions are spread over more calls. Settings that are smaller
    already stay.

    Raises:
        UsageError: not even a short piece of a conversation would fit.
    """
    sections = sections_of(framework, wanted_criteria(framework, settings))
    best: tuple[int, JudgeSettings] | None = None
    for calls in range(settings.calls_per_window, max(_MOST_CALLS, settings.calls_per_window) + 1):
        tried = settings.model_copy(update={"calls_per_window": calls})
        left = context - max(map(_needed, groups_of(sections, tried)), default=0)
        if best is None or left > best[0]:
            best = (left, tried)
        if left * 3 >= context:
            break
    assert best is not None
    characters = int(best[0] * 4 / MARGIN / _A_LINE)
    if characters < _LEAST:
        least = context - best[0] + round(_LEAST * MARGIN * _A_LINE / 4)
        raise UsageError(
            f"--context {context}: the questions and their answer leave no room for a conversation; "
            f"at least {least} tokens are needed, or fewer criteria (--ask)"
        )
    window = min(settings.window_characters, characters)
    shown = min(settings.turn_characters, max(500, window // 2))
    return best[1].model_copy(update={"window_characters": window, "turn_characters": shown})


def _needed(group: Group) -> int:
    """Tokens of a call of this group beside the record."""
    asked = sum(estimated_tokens(section_text(section)) for section in group.sections)
    return round((estimated_tokens(INSTRUCTIONS) + asked + _FORM) * MARGIN) + 2 * typical_answer(group.sections)
