"""A study that was coded: two coders, three units, an adjudicator, a viewer, and a stranger. Synthetic."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.framework import Framework
from dtnexus.rating import Coded, CoderRef, Episode, NotObservable, Rating
from dtnexus.sheet import MemberRole, Planned, Sheet
from dtnexus.storage import assignments, coding, people, projects, units
from dtnexus.storage.database import Connection, Database
from dtnexus.storage.results import count_stale
from dtnexus.storage.units import NewUnit
from dtnexus.studio.pages import SESSION_COOKIE
from dtnexus.studio.up_to_date import RULES
from dtnexus.study.acceptance import rated_by_people
from dtnexus.study.freezing import human_coder
from dtnexus.study.settings import StudySettings
from dtnexus.transcript import Interaction
from tests.studio.coding_scene import MACHINE, PRODUCT, conversation, machine_rating

ROLES: Mapping[str, MemberRole] = {
    "owner": "owner",
    "coder-a": "coder",
    "coder-b": "coder",
    "adjudicator": "adjudicator",
    "viewer": "viewer",
}
TURN = 5
"""The agent's turn on which everything is scored."""
SECRET = "a reason that only one coder wrote"

Scores = Mapping[str, int | None]
"""Criterion -> score, or None for "not observable"; criteria that are absent are not observable."""


@dataclass
class Review:
    """Ids, and the secret of a session for each person."""

    project: str = ""
    framework: Framework = field(default_factory=lambda: load_framework("dtn-op@0.1", MAXIMA))
    person: dict[str, str] = field(default_factory=dict)
    token: dict[str, str] = field(default_factory=dict)
    unit: dict[str, str] = field(default_factory=dict)
    words: dict[str, Interaction] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/p/{self.project}"


def make_review(database: Database, units_wanted: Sequence[str] = ("one", "two", "three"), suffix: str = "") -> Review:
    """Everybody and every unit; nothing is coded yet."""
    at = datetime.now(UTC)
    made = Review()
    with database.writing() as connection:
        for login in (*ROLES, "stranger"):
            person = people.add_person(connection, f"{login}{suffix}", f"Name of {login}", "!", at, may_create=True)
            made.person[login] = person.id
            made.token[login] = people.begin_session(connection, person.id, at, timedelta(hours=12))
        body = StudySettings().model_dump(mode="json")
        owner = made.person["owner"]
        made.project = projects.add_project(connection, "Study", made.framework, body, owner, at)
        for login, role in ROLES.items():
            if role != "owner":
                projects.add_member(connection, made.project, made.person[login], role, at, code=f"code-{login}")
        made.words = {name: conversation(name) for name in units_wanted}
        rows = [NewUnit(each, f"U{number:04d}") for number, each in enumerate(made.words.values(), start=1)]
        added = units.add_units(connection, made.project, rows, at)
        made.unit = {name: added[each.id] for name, each in made.words.items()}
        give_out(connection, made, ("coder-a", "coder-b"), at)
    return made


def give_out(connection: Connection, made: Review, coders: Sequence[str], at: datetime) -> None:
    """Give every unit to these coders."""
    plan = [
        Planned(unit_id=unit_id, person_id=made.person[coder], position=number, overlap=True)
        for coder in coders
        for number, unit_id in enumerate(made.unit.values())
    ]
    assignments.add_assignments(connection, made.project, plan, at)


def submit(database: Database, made: Review, coder: str, unit: str, scores: Scores, why: str = "because") -> None:
    """Submit what a coder says of a unit."""
    ref = human_coder(f"code-{coder}", made.framework)
    said = statements(made, unit, ref, scores, why)

    def frozen(_: Sheet) -> Sequence[Coded]:
        return said

    with database.writing() as connection:
        mine = assignments.queue(connection, made.project, made.person[coder])
        own = next(one for one in mine if one.unit_id == made.unit[unit])
        done = coding.submit(connection, own, uuid.uuid4().hex, own.version, datetime.now(UTC), frozen)
    assert isinstance(done, coding.Done)


def statements(made: Review, unit: str, coder: CoderRef, scores: Scores, why: str) -> list[Coded]:
    words = made.words[unit]
    return [
        rated(words, criterion.id, coder, scores.get(criterion.id), why)
        for criterion in rated_by_people(made.framework)
    ]


def rated(words: Interaction, criterion: str, coder: CoderRef, score: int | None, why: str = "") -> Coded:
    if score is None:
        return NotObservable(interaction_id=words.id, criterion=criterion, coder=coder, reason="no opportunity")
    text = words.sessions[0].turns[TURN].text
    episode = Episode(
        transcript_id=words.sessions[0].id,
        session=0,
        turn=TURN,
        start=0,
        end=12,
        quote=text[:12],
        criterion=criterion,
        agent_turn=TURN,
        score=score,
        expected=float(score),
        confidence=0.7,
    )
    return Rating(
        interaction_id=words.id,
        criterion=criterion,
        coder=coder,
        score=score,
        expected=float(score),
        confidence=0.7,
        episodes=(episode,),
        why=why,
    )


def machine_says(database: Database, made: Review, unit: str, criterion: str = "F1") -> None:
    """Let a machine find a 0."""
    with database.writing() as connection:
        said = machine_rating(made.words[unit], criterion)
        units.add_machine_statements(connection, made.project, {made.unit[unit]: [said]})


class Reader:
    """Looks and sends forms as anybody; nothing of one request is left for the next."""

    def __init__(self, client: TestClient, made: Review) -> None:
        self.client = client
        self.made = made

    def get(self, who: str | None, path: str, **headers: str) -> Any:
        """A page, after all results are worked out: a slow machine shows what it has and goes on later."""
        if path:
            self._work_out()
        return self._get(who, path, headers)

    def _work_out(self) -> None:
        database = self.client.app.state.studio.database  # type: ignore[attr-defined]
        while True:
            with database.reading() as connection:
                if not count_stale(connection, self.made.project, RULES):
                    return
            self.send("owner", "results/decide", {})

    def _get(self, who: str | None, path: str, headers: Mapping[str, str]) -> Any:
        self.client.cookies.clear()
        if who is not None:
            self.client.cookies.set(SESSION_COOKIE, self.made.token[who])
        return self.client.get(f"{self.made.address}/{path}", headers=dict(headers), follow_redirects=False)

    def send(self, who: str, path: str, fields: Mapping[str, str | list[str]]) -> Any:
        """Send a form with the secret that the project's page carries."""
        csrf = re.search(r'name="csrf" value="([^"]+)"', self._get(who, "", {}).text) or re.search(
            r'name="csrf" value="([^"]+)"', self.client.get("/").text
        )
        assert csrf is not None
        sent = {"csrf": csrf[1], **fields}
        return self.client.post(f"{self.made.address}/{path}", data=sent, follow_redirects=False)

    def form(self, who: str, unit: str, criterion: str) -> dict[str, str | list[str]]:
        """The hidden fields of a decision's form as the page gives them."""
        page = self.get(who, f"adjudicate/{self.made.unit[unit]}").text
        section = page[page.index(f'id="q-{criterion}"') :]
        return {
            name: found[1]
            for name in ("id", "criterion", "seen", "after")
            if (found := re.search(rf'name="{name}" value="([^"]*)"', section))
        }

    def ticks(self, who: str, unit: str, criterion: str) -> list[str]:
        """The passages that the form offers."""
        page = self.get(who, f"adjudicate/{self.made.unit[unit]}").text
        section = page[page.index(f'id="q-{criterion}"') :].split("</section>")[0]
        return re.findall(r'name="words" value="([^"]+)"', section)

    def decide(self, who: str, unit: str, criterion: str, verdict: str, **more: str | list[str]) -> Any:
        fields = {**self.form(who, unit, criterion), "verdict": verdict, "reason": "what decided it", **more}
        return self.send(who, f"adjudicate/{self.made.unit[unit]}", fields)


__all__ = ["MACHINE", "PRODUCT", "SECRET", "Reader", "Review", "machine_says", "make_review", "submit"]
