"""Schemas and compiled twins are current, and the schemas fit what the loaders accept."""

from __future__ import annotations

import json

from dtnexus.catalog.generated import HERE, SCHEMA_KINDS, json_schema, stale_files


def test_generated_files_are_current() -> None:
    assert stale_files() == (), "run: python -m dtnexus.catalog.generated"


def test_no_other_schema_lies_about() -> None:
    assert {path.name for path in (HERE / "schema").iterdir()} == {f"{kind}.schema.json" for kind in SCHEMA_KINDS}


def test_a_framework_file_may_hold_any_part_and_nothing_else() -> None:
    schema = json_schema("framework")
    assert "required" not in schema
    assert schema["additionalProperties"] is False
    assert schema["title"] == "dtnexus framework"


def test_field_meanings_reach_the_editor() -> None:
    assert "Safety-critical: the worst confirmed episode decides" in json.dumps(json_schema("framework"))


def test_every_field_of_a_profile_file_is_optional() -> None:
    assert "required" not in json_schema("profile")
