"""Files that are made from the code and the YAML: JSON Schemas and compiled twins.

``python -m dtnexus.catalog.generated`` writes them; a test fails while they are not
current. A twin that is not current is never used (see `dtnexus.catalog.loader`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, JsonValue, TypeAdapter

from dtnexus.assessment import Assessment, SystemAssessment
from dtnexus.catalog.loader import digests, framework_from, shipped_files, shipped_frameworks
from dtnexus.catalog.probe_files import probe_files, probes_from
from dtnexus.catalog.profile_file import ProfileFile
from dtnexus.framework import Framework
from dtnexus.gate_policy import GatePolicy
from dtnexus.probe import ProbeSet
from dtnexus.rating import STATEMENT
from dtnexus.transcript import Interaction, Transcript

SchemaKind = Literal[
    "framework",
    "profile",
    "probes",
    "gate-policy",
    "transcript",
    "interaction",
    "statement",
    "assessment",
    "system-assessment",
]
"""``framework``, ``profile``, ``probes`` and ``gate-policy`` are YAML files; the others are a line of a JSONL file."""

_KINDS: Mapping[SchemaKind, type[BaseModel] | TypeAdapter[Any]] = {
    "framework": Framework,
    "profile": ProfileFile,
    "probes": ProbeSet,
    "gate-policy": GatePolicy,
    "transcript": Transcript,
    "interaction": Interaction,
    "statement": STATEMENT,
    "assessment": Assessment,
    "system-assessment": SystemAssessment,
}
SCHEMA_KINDS: tuple[SchemaKind, ...] = tuple(_KINDS)
HERE = Path(__file__).parent


def json_schema(kind: SchemaKind) -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of one kind of file.

    The schemas of framework files and of probe files require no top-level field, since both may be
    spread over several files.
    """
    described = _KINDS[kind]
    schema = described.json_schema() if isinstance(described, TypeAdapter) else described.model_json_schema()
    if kind in ("framework", "probes"):
        del schema["required"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": f"dtnexus {kind}"}


def generated_files() -> Iterator[tuple[str, str]]:
    """Path below the catalog folder and text of every generated file."""
    for kind in SCHEMA_KINDS:
        yield f"schema/{kind}.schema.json", json.dumps(json_schema(kind), indent=1, ensure_ascii=False) + "\n"
    for shipped in shipped_frameworks():
        sources = shipped_files(shipped.folder)
        twin = {"sources": digests(sources), "framework": framework_from(sources).model_dump(mode="json")}
        yield f"compiled/{shipped.folder}.json", _compact(twin)
        probes = probe_files(shipped.folder)
        if probes:
            image = {"sources": digests(probes), "probes": probes_from(probes).model_dump(mode="json")}
            yield f"compiled/{shipped.folder}.probes.json", _compact(image)


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def stale_files() -> tuple[str, ...]:
    """The generated files that are missing or not what they would be now."""
    return tuple(name for name, text in generated_files() if _written(HERE / name) != text)


def write_generated() -> tuple[str, ...]:
    """Write every generated file that is not current and return their names."""
    stale = stale_files()
    for name, text in generated_files():
        if name in stale:
            (HERE / name).parent.mkdir(exist_ok=True)
            (HERE / name).write_text(text, encoding="utf-8", newline="\n")
    return stale


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    for written in write_generated():
        print(written)
