"""Episode weights that were each fitted without one conversation, for measuring on conversations that also train."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.member import DEFAULT, ENCODER, LINEAR
from dtnexus.errors import InputError
from dtnexus.record import digest_of

FOLDS: Final[Mapping[str, str]] = {LINEAR: "episodes_folds.json", ENCODER: "encoder_episodes_folds.json"}
"""Signal member -> its file."""
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class EpisodeFolds:
    """The weights without each conversation that the shipped weights were fitted on."""

    of: str
    """Digest of the weights that were fitted on all conversations at once."""
    without: Mapping[str, EpisodeWeights]
    """Id of the conversation that was left out -> the weights fitted on all others."""
    digest: str
    """SHA-256 of the content."""

    @staticmethod
    def load(member: str = DEFAULT) -> EpisodeFolds:
        """The shipped weights for the readings of a member; the same object at every call.

        Raises:
            InputError: the file is damaged or of another format.
        """
        return _shipped(member)

    @staticmethod
    def from_json(document: Mapping[str, Any], name: str = FOLDS[LINEAR]) -> EpisodeFolds:
        """The weights from a document that `fold_document` made; `name` is used in messages.

        Raises:
            InputError: another format, or a digest that does not fit the content.
        """
        if document.get("format") != FORMAT:
            raise InputError(name, f"format is {document.get('format')!r}", f"{FORMAT}; run training.episodes again")
        content = {key: value for key, value in document.items() if key != "digest"}
        found = digest_of(content)
        if document.get("digest") != found:
            said = str(document.get("digest"))[:12]
            raise InputError(name, f"has the digest {found[:12]!r}", f"{said!r}; install the package again")
        without = {left_out: EpisodeWeights.from_json(each) for left_out, each in document["without"].items()}
        return EpisodeFolds(str(document["of"]), without, found)


def fold_document(whole: Mapping[str, Any], without: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The document of the fold file, with its digest.

    Args:
        whole: the document of the weights fitted on all conversations.
        without: for each conversation the document of the weights fitted on all others.
    """
    content = {
        "format": FORMAT,
        "of": EpisodeWeights.from_json(whole).digest,
        "without": {left_out: dict(each) for left_out, each in sorted(without.items())},
    }
    return {**content, "digest": digest_of(content)}


@cache
def _shipped(member: str) -> EpisodeFolds:
    text = (files("dtnexus.coding") / "weights" / FOLDS[member]).read_text(encoding="utf-8")
    return EpisodeFolds.from_json(json.loads(text), FOLDS[member])
