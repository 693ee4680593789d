"""Scorers and openers that were each fitted without a fold of the groups, for measuring on dialogues that also train.

They are passed from `training.episodes` to `training.coded_dialogues`; those that are shipped saw every group.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dtnexus.coding.episode_scoring import EpisodeWeights
from training.out_of_fold import kept_folder

FOLDS: Final = 5

Wanted = Callable[[str], bool]


def fold_of(group: str) -> int:
    """The fold that a group is left out with, by its name alone."""
    return int(sha256(group.encode()).hexdigest()[:8], 16) % FOLDS


def outside(fold: int) -> Wanted:
    """What tells the groups of all other folds."""
    return lambda group: fold_of(group) != fold


def _file(member: str) -> Path:
    return kept_folder() / f"{member}_scorers.json"


def keep(member: str, document_of: Callable[[Wanted], Mapping[str, Any]]) -> None:
    """Keeps for each fold the weights that `document_of` fits to the groups of the others."""
    documents = [document_of(outside(fold)) for fold in range(FOLDS)]
    _file(member).write_text(json.dumps(documents), encoding="utf-8")


def load(member: str) -> list[EpisodeWeights]:
    """The weights without each fold, by fold.

    Raises:
        OSError: `training.episodes` has kept none.
    """
    return [EpisodeWeights.from_json(each) for each in json.loads(_file(member).read_text(encoding="utf-8"))]
