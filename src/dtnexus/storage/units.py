"""Units of a project: interactions to code, what machines said of them, gold answers, agent profiles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from dtnexus.profile import AgentProfile
from dtnexus.rating import STATEMENT, CoderRef, NotObservable, Observation, Rating, Said
from dtnexus.sheet import UnitKind
from dtnexus.storage.columns import Json
from dtnexus.storage.results import begin_results, forget_results, touch_project, touch_units
from dtnexus.storage.rows import MachineScoreRow, UnitRow
from dtnexus.storage.tables import agent_profiles, gold_answers, imports, machine_statements, units
from dtnexus.storage.tokens import new_id
from dtnexus.transcript import Interaction, Role

_UNIT = (
    units.c.id,
    units.c.project_id,
    units.c.interaction_id,
    units.c.digest,
    units.c.label,
    units.c.kind,
    units.c.star_candidate,
    units.c.warnings,
    units.c.client_turns,
    units.c.words,
    units.c.created_at,
    units.c.withdrawn_at,
)


class NewUnit(NamedTuple):
    """An interaction that is to become a unit."""

    interaction: Interaction
    label: str
    kind: UnitKind = "work"
    star_candidate: bool = False
    warnings: tuple[str, ...] = ()


class GoldAnswer(NamedTuple):
    """What is right for a criterion of a gold or practice unit, and what a learner is told."""

    criterion: str
    statement: Rating | NotObservable
    feedback: str


def add_import(
    connection: Connection, project_id: str, person_id: str | None, source: str, report: Json, at: datetime
) -> str:
    """Write down that files were read, with the JSON of the loss report (`dtnexus.ingest.loss.ReadReport`)."""
    import_id = new_id()
    values = {"project_id": project_id, "person_id": person_id, "source": source, "units": 0, "at": at}
    connection.execute(insert(imports).values(id=import_id, report=report, **values))
    return import_id


def import_report(connection: Connection, project_id: str, import_id: str) -> Json:
    """The JSON of the loss report of an import of this project; None where there is no such import."""
    wanted = (imports.c.id == import_id, imports.c.project_id == project_id)
    row = connection.execute(select(imports.c.report).where(*wanted)).first()
    return None if row is None else row[0]


def add_units(
    connection: Connection, project_id: str, new: Iterable[NewUnit], at: datetime, import_id: str | None = None
) -> dict[str, str]:
    """Add units and return interaction id -> unit id. One that the project has under the same id and kind is left."""
    had = select(units.c.kind, units.c.interaction_id).where(units.c.project_id == project_id)
    known = {(kind, name) for kind, name in connection.execute(had)}
    added: dict[str, str] = {}
    work: list[tuple[str, str]] = []
    for one in new:
        if (one.kind, one.interaction.id) in known:
            continue
        known.add((one.kind, one.interaction.id))
        added[one.interaction.id] = unit_id = new_id()
        connection.execute(insert(units).values(id=unit_id, **_values(one, project_id, import_id, at)))
        if one.kind == "work":
            work.append((unit_id, one.label))
    begin_results(connection, project_id, work)
    if import_id is not None:
        connection.execute(update(imports).where(imports.c.id == import_id).values(units=len(added)))
    return added


def _values(one: NewUnit, project_id: str, import_id: str | None, at: datetime) -> dict[str, object]:
    turns = [turn for session in one.interaction.sessions for turn in session.turns]
    return {
        "project_id": project_id,
        "import_id": import_id,
        "interaction_id": one.interaction.id,
        "interaction": one.interaction.model_dump(mode="json"),
        "digest": one.interaction.digest(),
        "label": one.label,
        "kind": one.kind,
        "star_candidate": one.star_candidate,
        "warnings": list(one.warnings),
        "client_turns": sum(turn.role is Role.CLIENT for turn in turns),
        "words": sum(len(turn.text.split()) for turn in turns),
        "created_at": at,
    }


def units_of(connection: Connection, project_id: str, kinds: Sequence[UnitKind] = ("work",)) -> list[UnitRow]:
    """The units of a project of these kinds, by label, without those that were withdrawn."""
    wanted = (units.c.project_id == project_id, units.c.kind.in_(kinds), units.c.withdrawn_at.is_(None))
    return [_row(row) for row in connection.execute(select(*_UNIT).where(*wanted).order_by(units.c.label))]


def count_units(connection: Connection, project_id: str) -> int:
    """How many work units a project has, without those that were withdrawn."""
    wanted = (units.c.project_id == project_id, units.c.kind == "work", units.c.withdrawn_at.is_(None))
    found: int = connection.execute(select(func.count()).select_from(units).where(*wanted)).scalar_one()
    return found


def unit(connection: Connection, project_id: str, unit_id: str) -> UnitRow | None:
    """A unit of this project; None where the project has no such unit."""
    wanted = (units.c.id == unit_id, units.c.project_id == project_id)
    row = connection.execute(select(*_UNIT).where(*wanted)).first()
    return None if row is None else _row(row)


def interaction_of(connection: Connection, unit_id: str) -> Interaction:
    """The words of a unit. Whoever calls has asked `dtnexus.study.sight.may_see` first."""
    return Interaction.model_validate(
        connection.execute(select(units.c.interaction).where(units.c.id == unit_id)).scalar_one()
    )


def count_labels(connection: Connection, project_id: str) -> int:
    """How many units the project has ever had; the next label continues from here."""
    found: int = connection.execute(select(func.count()).where(units.c.project_id == project_id)).scalar_one()
    return found


def labels_of(connection: Connection, project_id: str) -> list[str]:
    """Every label that the project has ever given."""
    return list(connection.execute(select(units.c.label).where(units.c.project_id == project_id)).scalars())


def known_interactions(connection: Connection, project_id: str, kind: UnitKind) -> set[str]:
    """The ids of the interactions that the project has, or had, under this kind."""
    wanted = (units.c.project_id == project_id, units.c.kind == kind)
    return set(connection.execute(select(units.c.interaction_id).where(*wanted)).scalars())


def set_star_candidates(connection: Connection, unit_ids: Iterable[str], candidate: bool) -> None:
    """Say of these units whether all of them are to be coded twice."""
    connection.execute(update(units).where(units.c.id.in_(list(unit_ids))).values(star_candidate=candidate))


def withdraw(connection: Connection, project_id: str, unit_id: str, at: datetime) -> None:
    """A client withdraws: nobody is shown the unit again, and its rows in the logs may be deleted."""
    wanted = (units.c.id == unit_id, units.c.project_id == project_id)
    if connection.execute(update(units).where(*wanted).values(withdrawn_at=at)).rowcount:
        forget_results(connection, unit_id)


def add_machine_statements(
    connection: Connection, project_id: str, said: Mapping[str, Iterable[Said]], replace: bool = True
) -> int:
    """Keep what machines said, unit id -> statements, and return how many. A coder's old ones are replaced."""
    rows = [_machine_row(project_id, unit_id, one) for unit_id, many in said.items() for one in many]
    if replace:
        for unit_id, coder in sorted({(str(row["unit_id"]), str(row["coder_digest"])) for row in rows}):
            had = (machine_statements.c.unit_id == unit_id, machine_statements.c.coder_digest == coder)
            connection.execute(delete(machine_statements).where(*had))
    if rows:
        connection.execute(insert(machine_statements), rows)
        touch_units(connection, [str(row["unit_id"]) for row in rows])
    return len(rows)


def _machine_row(project_id: str, unit_id: str, said: Said) -> dict[str, object]:
    return {
        "project_id": project_id,
        "unit_id": unit_id,
        "about": said.fact if isinstance(said, Observation) else said.criterion,
        "kind": said.kind,
        "coder_digest": said.coder.digest(),
        "coder_name": said.coder.name,
        "statement": said.model_dump(mode="json"),
    }


def machine_said(connection: Connection, project_id: str, unit_id: str | None = None) -> dict[str, list[Said]]:
    """Unit id -> what machines said of it; of one unit where it is named."""
    table = machine_statements.c
    query = select(table.unit_id, table.statement).where(table.project_id == project_id).order_by(table.seq)
    if unit_id is not None:
        query = query.where(table.unit_id == unit_id)
    found: dict[str, list[Said]] = {}
    for of, statement in connection.execute(query):
        found.setdefault(of, []).append(STATEMENT.validate_python(statement))
    return found


def machine_scores(connection: Connection, project_id: str, unit_ids: Collection[str]) -> list[MachineScoreRow]:
    """What machines said of these units, without the words and without counted facts."""
    table = machine_statements.c
    query = select(table.unit_id, table.coder_digest, table.about, table.kind, table.statement)
    refs: dict[str, CoderRef] = {}
    found = []
    for unit_id, digest, about, kind, body in connection.execute(
        query.where(table.project_id == project_id, table.kind != "observation").order_by(table.seq)
    ):
        if unit_id in unit_ids:
            coder = refs.get(digest) or refs.setdefault(digest, CoderRef.model_validate(body["coder"]))
            found.append(MachineScoreRow(unit_id, digest, coder, about, kind, body.get("score")))
    return found


def set_gold(connection: Connection, unit_id: str, right: Iterable[GoldAnswer]) -> None:
    """Replace the gold answers of a unit."""
    connection.execute(delete(gold_answers).where(gold_answers.c.unit_id == unit_id))
    for one in right:
        body = one.statement.model_dump(mode="json")
        values = {"unit_id": unit_id, "criterion": one.criterion, "statement": body, "feedback": one.feedback}
        connection.execute(insert(gold_answers).values(**values))


def gold_of(connection: Connection, unit_id: str) -> dict[str, GoldAnswer]:
    """Criterion -> gold answer of a unit; empty for a unit without."""
    table = gold_answers.c
    rows = connection.execute(select(table.criterion, table.statement, table.feedback).where(table.unit_id == unit_id))
    found = {}
    for criterion, body, feedback in rows:
        statement = STATEMENT.validate_python(body)
        if isinstance(statement, Rating | NotObservable):
            found[criterion] = GoldAnswer(criterion, statement, feedback)
    return found


def set_profiles(connection: Connection, project_id: str, profiles: Sequence[AgentProfile]) -> None:
    """Replace the agent profiles of a project."""
    connection.execute(delete(agent_profiles).where(agent_profiles.c.project_id == project_id))
    for number, profile in enumerate(profiles):
        values = {"project_id": project_id, "number": number, "profile": profile.model_dump(mode="json")}
        connection.execute(insert(agent_profiles).values(**values))
    touch_project(connection, project_id)


def profiles_of(connection: Connection, project_id: str) -> tuple[AgentProfile, ...]:
    """The agent profiles of a project, in the order in which they were given."""
    table = agent_profiles.c
    query = select(table.profile).where(table.project_id == project_id).order_by(table.number)
    return tuple(AgentProfile.model_validate(body) for (body,) in connection.execute(query))


def _row(row: Sequence[object]) -> UnitRow:
    found = UnitRow(*row)  # type: ignore[arg-type]
    return found._replace(warnings=tuple(found.warnings))
