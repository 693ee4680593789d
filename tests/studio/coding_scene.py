"""A small study to code in: three coders, two projects, synthetic conversations that nobody lived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.rating import CoderRef, Episode, Rating
from dtnexus.sheet import Planned, Round
from dtnexus.storage import assignments, people, projects, units
from dtnexus.storage.database import Connection, Database
from dtnexus.storage.units import NewUnit
from dtnexus.study.settings import StudySettings
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn

PRODUCT = "ember-companion"
MACHINE = "machine-that-nobody-may-see"
HOSTILE = (
    "<script>document.title='broken'</script><img src=x onerror=alert(1)> & <b>bold</b> {{ 7 * 7 }} "
    "\x00\x07\x1b[31m right\u202eleft \ufeffend"
)
EMOJI = "I feel 😀👩‍👩‍👧 so alone today, nobody listens."

TALK = (
    (Role.CLIENT, "I had a row with my sister again and I want to get on with her."),
    (Role.AGENT, "That sounds hard. What would you like to be different between the two of you?"),
    (Role.CLIENT, EMOJI),
    (Role.AGENT, "You feel unheard, and today it weighs more than usual. Is that right?"),
    (Role.CLIENT, "Yes. Are you a real person, by the way?"),
    (Role.AGENT, "No, I am a computer program. I can listen and think along with you."),
    (Role.CLIENT, "Fine. You said she is wrong, though. She is always wrong, isn't she?"),
    (Role.AGENT, "I hear how angry you are. I cannot know her side; what might she say about it?"),
    (Role.CLIENT, "Maybe that I never call. I have to go now, bye."),
    (Role.AGENT, "Goodbye, and good luck with that call. You decide when the time is right."),
)


def conversation(name: str, turns: tuple[tuple[Role, str], ...] = TALK) -> Interaction:
    """An interaction of one session."""
    agent = Agent(id=PRODUCT, kind="digital", version="7.3-secret")
    said = tuple(Turn(index=at, role=role, text=text, speaker="Ember") for at, (role, text) in enumerate(turns))
    session = Transcript(id=f"{PRODUCT}/{name}", turns=said, agent=agent, language="en", synthetic=True)
    return Interaction(id=f"{PRODUCT}/{name}", agent=agent, client_id=None, sessions=(session,))


def machine_rating(interaction: Interaction, criterion: str = "F1") -> Rating:
    """What a machine said of it."""
    turn = interaction.sessions[0].turns[5 if len(interaction.sessions[0].turns) > 5 else 0]
    episode = Episode(
        transcript_id=interaction.sessions[0].id,
        session=0,
        turn=turn.index,
        start=0,
        end=2,
        quote=turn.text[:2],
        criterion=criterion,
        score=0,
        expected=0.25,
        confidence=0.875,
        why=MACHINE,
    )
    coder = CoderRef(kind="embedded", name=MACHINE, version="1")
    return Rating(
        interaction_id=interaction.id,
        criterion=criterion,
        coder=coder,
        score=0,
        expected=0.25,
        confidence=0.875,
        episodes=(episode,),
        why=MACHINE,
    )


@dataclass
class Scene:
    """Ids, and the secret of a session for each person."""

    project: str = ""
    other: str = ""
    person: dict[str, str] = field(default_factory=dict)
    token: dict[str, str] = field(default_factory=dict)
    queue: dict[str, list[str]] = field(default_factory=dict)
    """Coder -> ids of the assignments, in the coder's order."""
    unit: dict[str, str] = field(default_factory=dict)

    def page(self, coder: str, number: int = 0, project: str | None = None) -> str:
        """The address of the coding page of a coder's assignment."""
        return f"/p/{project or self.project}/code/{self.queue[coder][number]}"


UNITS: Mapping[str, tuple[tuple[Role, str], ...]] = {
    "plain": TALK,
    "hostile": ((Role.CLIENT, HOSTILE), (Role.AGENT, f"You wrote: {HOSTILE}")),
    "flagged": TALK,
    "spare": TALK,
}


def make_scene(
    database: Database, settings: StudySettings | None = None, rounds: Round = "coding", suffix: str = ""
) -> Scene:
    """Coders A and B share all units of one project, coder C codes in another one; an owner owns both.

    Several scenes fit into one database where each has a suffix for its login names.
    """
    at = datetime.now(UTC)
    scene = Scene()
    framework = load_framework("dtn-op@0.1", MAXIMA)
    body = (settings or StudySettings()).model_dump(mode="json")
    with database.writing() as connection:
        for login in ("owner", "coder-a", "coder-b", "coder-c", "viewer"):
            made = people.add_person(connection, login + suffix, login.title(), "!", at, may_create=login == "owner")
            scene.person[login] = made.id
            scene.token[login] = people.begin_session(connection, made.id, at, timedelta(days=3))
        scene.project = projects.add_project(connection, "Study", framework, body, scene.person["owner"], at)
        scene.other = projects.add_project(connection, "Other", framework, body, scene.person["owner"], at)
        for login in ("coder-a", "coder-b"):
            projects.add_member(connection, scene.project, scene.person[login], "coder", at)
        projects.add_member(connection, scene.project, scene.person["viewer"], "viewer", at)
        projects.add_member(connection, scene.other, scene.person["coder-c"], "coder", at)
        _units(connection, scene, at, rounds)
    return scene


def _units(connection: Connection, scene: Scene, at: datetime, rounds: Round) -> None:
    new = {name: conversation(name, turns) for name, turns in UNITS.items()}
    flagged = {"flagged": ("G1",), "spare": ("G1", "D4")}
    rows = [
        NewUnit(each, f"U{number:04d}", warnings=flagged.get(name, ()))
        for number, (name, each) in enumerate(new.items(), start=1)
    ]
    added = units.add_units(connection, scene.project, rows, at)
    scene.unit = {name: added[each.id] for name, each in new.items()}
    said = {added[each.id]: [machine_rating(each)] for each in new.values()}
    units.add_machine_statements(connection, scene.project, said)
    foreign = units.add_units(connection, scene.other, [NewUnit(conversation("foreign"), "U0001")], at)
    given = {"coder-a": list(scene.unit.values()), "coder-b": list(scene.unit.values())}
    for login, unit_ids in given.items():
        plan = [
            Planned(unit_id=unit_id, person_id=scene.person[login], position=position, overlap=True)
            for position, unit_id in enumerate(unit_ids)
        ]
        assignments.add_assignments(connection, scene.project, plan, at, round_=rounds)
        mine = assignments.queue(connection, scene.project, scene.person[login], (rounds,))
        scene.queue[login] = [one.id for one in mine]
    whose = scene.person["coder-c"]
    plan = [Planned(unit_id=next(iter(foreign.values())), person_id=whose, position=0, overlap=False)]
    assignments.add_assignments(connection, scene.other, plan, at)
    scene.queue["coder-c"] = [one.id for one in assignments.queue(connection, scene.other, whose)]
