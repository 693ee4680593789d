"""How many interactions were not coded for their language, counted on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from dtnexus.language import LanguageLimit
from dtnexus.rating import Observation, Said


class NotRead(NamedTuple):
    """What a count is of: whose work, in which language, and whether nothing or a part was not read."""

    by: str
    language: str
    in_part: bool


def count_limits(said: Sequence[Said], tally: Counter[NotRead]) -> None:
    """Count one interaction for each coder that says so, under every language that the coder did not read."""
    found = {one.coder.name: one.language for one in said if not isinstance(one, Observation) and one.language}
    for coder, limit in found.items():
        count_limit(coder, limit, tally)


def count_limit(by: str, limit: LanguageLimit, tally: Counter[NotRead]) -> None:
    """Count one interaction or transcript under every language that was not read."""
    tally.update(NotRead(by, language, limit.coded == "in_part") for language in limit.languages)
