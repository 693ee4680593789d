"""The only answer that counts, as a closed JSON Schema for structured output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dtnexus.coding.judge.checks import CheckQuestion
from dtnexus.coding.judge.sections import Section


def answer_schema(sections: Sequence[Section], checks: Sequence[CheckQuestion], key: str) -> dict[str, Any]:
    """JSON Schema (the subset that providers take) of the answer to a call: every field required, none beside them."""
    return {
        **_object(
            {
                "key": {"type": "string", "enum": [key]},
                "checks": _object({check.id: {"type": "string", "enum": ["yes", "no"]} for check in checks}),
                "sections": _object({section.id: _section(section) for section in sections}),
            }
        ),
        "$defs": {
            "answer": {
                "anyOf": [
                    {"type": "string", "enum": ["no", "unclear"]},
                    _object(
                        {
                            "answer": {"type": "string", "enum": ["yes"]},
                            "turn": {"type": "integer"},
                            "quote": {"type": "string"},
                        }
                    ),
                ]
            }
        },
    }


def _section(section: Section) -> dict[str, Any]:
    episode = _object(
        {
            "opened_turn": {"type": "integer"},
            "opened_quote": {"type": "string"},
            "scored_turn": {"type": "integer"},
            "answers": _object({name: {"$ref": "#/$defs/answer"} for name in section.questions}),
        }
    )
    return _object(
        {
            "found": {"type": "string", "enum": ["yes", "no", "unclear"]},
            "episodes": {"type": "array", "items": episode},
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
