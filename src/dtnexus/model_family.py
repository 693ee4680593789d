"""Whether a judge would judge its own kind: families of models by patterns in their names. Data and one question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from dtnexus.rating import CoderRef
from dtnexus.transcript import Agent

SelfJudging = Literal["same", "other", "unknown"]

FAMILIES: Final[Mapping[str, str]] = {
    "claude": r"claude|anthropic",
    "gpt": r"gpt-?[0-9o]|chatgpt|\bo[1-9](?:-|\b)|openai|davinci|gpt-oss",
    "gemini": r"gemini|gemma|palm-?2|\bbard\b|medlm",
    "llama": r"llama|vicuna|alpaca",
    "mistral": r"mistral|mixtral|ministral|magistral|codestral|pixtral",
    "qwen": r"qwen|\bqwq\b|tongyi",
    "deepseek": r"deepseek",
    "grok": r"\bgrok",
    "command": r"command-?(?:r|a|light|nightly)|cohere|\baya\b",
    "phi": r"\bphi-?[1-9]",
    "nova": r"amazon[.-]nova|\bnova-(?:micro|lite|pro|premier)|amazon[.-]titan",
    "glm": r"\bglm-?[1-9]|chatglm|zhipu",
    "kimi": r"kimi|moonshot",
    "yi": r"\byi-(?:[0-9]|large|lightning)",
    "granite": r"granite",
    "olmo": r"\bolmo|\btulu",
    "smollm": r"smollm",
    "jamba": r"jamba",
    "minimax": r"minimax|abab",
    "ernie": r"ernie",
    "hunyuan": r"hunyuan",
    "falcon": r"\bfalcon",
    "inflection": r"inflection|\bpi\.ai",
    "nemotron": r"nemotron",
}
"""Family -> pattern in lower-cased model names. A name that fits several belongs to all of them."""

_PATTERNS: Final = {family: re.compile(pattern) for family, pattern in FAMILIES.items()}


def families_of(name: str) -> frozenset[str]:
    """The families that a model's name fits; none where it is not known."""
    lowered = name.lower().replace("_", "-")
    return frozenset(family for family, pattern in _PATTERNS.items() if pattern.search(lowered))


def self_judging(judge: CoderRef, agent: Agent) -> SelfJudging:
    """Whether the judge's model and the agent's belong to one family.

    Looks at the judge's name and the model id as returned, and at the agent's id and version. ``unknown`` where
    either names no family that is known.
    """
    of_judge = families_of(f"{judge.name} {judge.details.get('model', '')}")
    of_agent = families_of(f"{agent.id} {agent.version or ''}")
    if not of_judge or not of_agent:
        return "unknown"
    return "same" if of_judge & of_agent else "other"
