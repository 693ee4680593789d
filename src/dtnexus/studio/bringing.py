"""Bringing interactions into a project as blind units, in an order that says nothing."""

from __future__ import annotations

import random
from datetime import datetime

from dtnexus.framework import Framework
from dtnexus.running.study_units import StudyUnits
from dtnexus.sheet import UnitKind
from dtnexus.storage import audit, units
from dtnexus.storage.columns import Json
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import ProjectRow
from dtnexus.storage.units import NewUnit
from dtnexus.study.blind import free_labels, warnings_of
from dtnexus.study.candidates import is_star_candidate
from dtnexus.study.settings import StudySettings

DRIFT_MOST = (2, 25)
"""Hidden gold units among so many work units: how many numbers are left free for their labels."""


def bring_in(
    connection: Connection,
    project: ProjectRow,
    framework: Framework,
    new: StudyUnits,
    person_id: str | None,
    at: datetime,
    kind: UnitKind = "work",
) -> str:
    """Add the interactions as units with what machines said of them, and return the import's id.

    The units are shuffled by the study's seed before they get their labels, so that a label tells nothing
    of file or product. Labels of work and hidden gold units are drawn from the same numbers, so that they
    look alike. What the project has already stays as it is.
    """
    import_id = units.add_import(connection, project.id, person_id, "files", new.reading.model_dump(mode="json"), at)
    begin = units.count_labels(connection, project.id)
    rules = StudySettings.model_validate(project.settings)
    order = sorted(new.interactions, key=lambda one: one.id)
    drawn = random.Random(f"{rules.seed}/labels/{begin}")  # noqa: S311 - order, not secrets
    drawn.shuffle(order)
    known = units.known_interactions(connection, project.id, kind)
    fresh = [one for one in order if one.id not in known]
    rows = []
    for label, interaction in zip(_labels(connection, project.id, kind, len(fresh), drawn), fresh, strict=True):
        said = new.machine.get(interaction.id, [])
        star, warned = is_star_candidate(said, framework), warnings_of(said, framework)
        rows.append(NewUnit(interaction, label, kind, star_candidate=star, warnings=warned))
    added = units.add_units(connection, project.id, rows, at, import_id)
    machine = {unit_id: new.machine[name] for name, unit_id in added.items() if name in new.machine}
    units.add_machine_statements(connection, project.id, machine)
    counts: dict[str, Json] = {"units": len(added), "losses": len(new.reading.losses)}
    about = f"import:{import_id}"
    audit.note(connection, at, "imported", person_id=person_id, project_id=project.id, about=about, details=counts)
    return import_id


def _labels(connection: Connection, project_id: str, kind: UnitKind, count: int, drawn: random.Random) -> list[str]:
    """Labels for new units. Practice and gold units are known as such and have letters of their own."""
    used = units.labels_of(connection, project_id)
    if kind in ("practice", "gold"):
        letter = kind[0].upper()
        begin = sum(label.startswith(letter) for label in used)
        return [f"{letter}{number:04d}" for number in range(begin + 1, begin + count + 1)]
    each, every = DRIFT_MOST
    first = not any(label.startswith("U") for label in used)
    spare = count * each // every if kind == "work" else count * every // each if first else 0
    return free_labels(count, used, spare, drawn)
