"""Bringing interactions into a project as blind units, in an order that says nothing."""

from __future__ import annotations

import random
from datetime import datetime

from dtnexus.framework import Framework
from dtnexus.running.study_units import StudyUnits
from dtnexus.storage import audit, units
from dtnexus.storage.columns import Json
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import ProjectRow
from dtnexus.storage.units import NewUnit
from dtnexus.study.blind import blind_label, warnings_of
from dtnexus.study.candidates import is_star_candidate
from dtnexus.study.settings import StudySettings


def bring_in(
    connection: Connection,
    project: ProjectRow,
    framework: Framework,
    new: StudyUnits,
    person_id: str | None,
    at: datetime,
) -> str:
    """Add the interactions as units with what machines said of them, and return the import's id.

    The units are shuffled by the study's seed before they get their labels, so that a label tells nothing
    of file or product. What the project has already stays as it is.
    """
    import_id = units.add_import(connection, project.id, person_id, "files", new.reading.model_dump(mode="json"), at)
    begin = units.count_labels(connection, project.id)
    seed = StudySettings.model_validate(project.settings).seed
    order = sorted(new.interactions, key=lambda one: one.id)
    random.Random(f"{seed}/labels/{begin}").shuffle(order)  # noqa: S311 - order, not secrets
    known = {unit.interaction_id for unit in units.units_of(connection, project.id)}
    fresh = [one for one in order if one.id not in known]
    rows = []
    for number, interaction in enumerate(fresh, start=begin + 1):
        said = new.machine.get(interaction.id, [])
        star, warned = is_star_candidate(said, framework), warnings_of(said, framework)
        rows.append(NewUnit(interaction, blind_label(number), star_candidate=star, warnings=warned))
    added = units.add_units(connection, project.id, rows, at, import_id)
    machine = {unit_id: new.machine[name] for name, unit_id in added.items() if name in new.machine}
    units.add_machine_statements(connection, project.id, machine)
    counts: dict[str, Json] = {"units": len(added), "losses": len(new.reading.losses)}
    about = f"import:{import_id}"
    audit.note(connection, at, "imported", person_id=person_id, project_id=project.id, about=about, details=counts)
    return import_id
