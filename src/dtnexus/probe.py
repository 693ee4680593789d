"""A probe: a scripted client that gives an agent known occasions to do well or badly.

Probes are data. Every client turn has at least three wordings; a turn may have branches on what
the agent has just done, from a closed set of tests. `dtnexus.probing.script` plays them. What
only a framework can tell (whether a criterion exists) is checked by `dtnexus.catalog.probe_files`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dtnexus.framework import Provenance
from dtnexus.probe_run import DEFAULT_BRANCH, ControlKind, CueForm, Memory, OpportunityKind, Position
from dtnexus.record import FrozenMap, Record

LEAST_WORDINGS = 3
EARLY_UNTIL = 5
"""In the early position the first opportunity comes at this client turn at the latest."""
LATE_FROM = 15
"""In the late position the script begins at this client turn at the earliest."""

ProbeId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
TurnId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Wording = Annotated[str, Field(min_length=1, max_length=900)]
Words = Annotated[str, Field(min_length=1)]


class Persona(Record):
    """Whom the client plays: an invented person."""

    name: Words
    age: int = Field(ge=10, le=110)
    who: Words
    """Life and situation, as far as the conversation needs it."""
    manner: Words
    """How this person writes."""
    minor: bool = False
    """Must be said where the person is under 18."""

    @model_validator(mode="after")
    def _of_age(self) -> Self:
        if self.minor != (self.age < 18):
            said = "is marked as a minor" if self.minor else "is not marked as a minor ('minor: true')"
            raise ValueError(f"{self.name} is {self.age} and {said}")
        return self


class AgentDid(Record):
    """A test of the agent's last reply: true where every part that is given holds. At least one is given."""

    reaches: FrozenMap[str, float] = Field(default_factory=dict)
    """Agent signal -> value that it reaches."""
    any_reaches: FrozenMap[str, float] = Field(default_factory=dict)
    """The same, where one of several is enough."""
    below: FrozenMap[str, float] = Field(default_factory=dict)
    """Agent signal -> value that it stays below."""
    is_empty: bool | None = None
    """Whether the reply has no words; None: not tested."""
    longer_than_words: int | None = Field(default=None, ge=1)
    """None: not tested."""

    @model_validator(mode="after")
    def _tests(self) -> Self:
        parts = (self.reaches, self.any_reaches, self.below)
        if not any(parts) and self.is_empty is None and self.longer_than_words is None:
            raise ValueError("a test without any part always holds; give reaches, any_reaches, below, is_empty ...")
        for name in sorted(set(self.below) & {*self.reaches, *self.any_reaches}):
            raise ValueError(f"signal {name!r} is to reach a value and to stay below one")
        return self

    @property
    def signals(self) -> Mapping[str, float]:
        """Every signal that is tested, with the highest value it is compared with."""
        found: dict[str, float] = {}
        for part in (self.reaches, self.any_reaches, self.below):
            for name, value in part.items():
                found[name] = max(value, found.get(name, 0.0))
        return found


class Branch(Record):
    """What the client does instead where the agent's last reply passes a test."""

    id: TurnId
    if_agent: AgentDid
    then: Literal["say", "skip"] = "say"
    """``skip``: nothing; the next turn of the script follows at once."""
    say: tuple[Wording, ...] = ()

    @model_validator(mode="after")
    def _says(self) -> Self:
        if self.id == DEFAULT_BRANCH:
            raise ValueError(f"a branch may not be called {DEFAULT_BRANCH!r}; that is what holds where no branch does")
        if self.then == "skip" and self.say:
            raise ValueError(f"branch {self.id!r} skips the turn and has words; give one or the other")
        if self.then == "say":
            _wordings(f"branch {self.id!r}", self.say)
        return self


class ProbeTurn(Record):
    """One client turn: its wordings, and branches that are tried in order before them."""

    id: TurnId
    turning_point: str | None = None
    """What happens here and why it matters; None: no turning point."""
    say: tuple[Wording, ...] = Field(min_length=LEAST_WORDINGS)
    """The default branch."""
    branches: tuple[Branch, ...] = ()

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        _wordings(f"turn {self.id!r}", self.say)
        _once(f"turn {self.id!r}: branch", (branch.id for branch in self.branches))
        return self

    @property
    def branch_ids(self) -> tuple[str, ...]:
        """The branches by name, the default last."""
        return (*(branch.id for branch in self.branches), DEFAULT_BRANCH)

    @property
    def saying_branches(self) -> tuple[str, ...]:
        """The branches in which the client says something."""
        return (*(branch.id for branch in self.branches if branch.then == "say"), DEFAULT_BRANCH)


class ProbeSession(Record):
    """One session; the next one closes it and opens another with the same agent configuration."""

    id: TurnId
    persona: Persona | None = None
    """Another client, unknown to the agent so far; None: the probe's own client."""
    days_later: int = Field(default=0, ge=0)
    """Days since the session before, as the client tells it; 0 in the first."""
    turns: tuple[ProbeTurn, ...] = Field(min_length=1)


class Opportunity(Record):
    """An occasion for the agent to do well or badly on a criterion, in answer to a turn."""

    criterion: str = Field(min_length=1)
    turn: TurnId
    kind: OpportunityKind
    cue: CueForm
    only_in: tuple[str, ...] = ()
    """Branches of the turn in which it arises; empty: in all."""


class StopRule(Record):
    """When the client says no more, because going on would only draw out more harm."""

    id: TurnId
    if_agent: AgentDid
    because: Words


class Control(Record):
    """What a probe controls."""

    of: tuple[ProbeId, ...] = Field(min_length=1)
    kind: ControlKind


class Probe(Record):
    """One scripted client, with everything needed to run, to read and to count it."""

    id: ProbeId
    version: Words
    title: Words
    language: Words
    """BCP 47 tag of the client's words."""
    set: Literal["core", "full"]
    """``core``: for every system; ``full``: in the whole set only."""
    provenance: Provenance
    sources: tuple[str, ...] = ()
    """Ids of the framework's references."""
    situation: Words
    """What happens, for people who read or play it."""
    content_warning: Words
    persona: Persona
    positions: tuple[Position, ...] = Field(min_length=1)
    """Where it may be run."""
    memory: tuple[Memory, ...] = Field(min_length=1)
    """With which memory it may be run."""
    sessions: tuple[ProbeSession, ...] = Field(min_length=1)
    opportunities: tuple[Opportunity, ...] = Field(min_length=1)
    touches: tuple[str, ...] = ()
    """Further criteria worth reading it for, although a probe is no evidence on them."""
    good: tuple[Words, ...] = Field(min_length=1)
    """What one hopes to see."""
    bad: tuple[Words, ...] = Field(min_length=1)
    """What one must not see."""
    control: Control | None = None
    """None: a probe, not a control."""
    stop_rules: tuple[StopRule, ...] = ()
    silent_after: int = Field(default=3, ge=1)
    """Empty replies running after which the client gives up."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = list(_faults(self))
        if faults:
            raise ValueError(f"probe {self.id!r}: {'; '.join(faults)}")
        return self

    @property
    def turns(self) -> tuple[ProbeTurn, ...]:
        """The client turns of all sessions, in order."""
        return tuple(turn for session in self.sessions for turn in session.turns)

    @property
    def turning_points(self) -> tuple[tuple[str, str], ...]:
        """Turn id and words of every turning point, in order."""
        return tuple((turn.id, turn.turning_point) for turn in self.turns if turn.turning_point is not None)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria with a planned opportunity that is no negative control, each once, in order."""
        real = (planned.criterion for planned in self.opportunities if planned.kind != "negative_control")
        return tuple(dict.fromkeys(real))

    @property
    def cues(self) -> tuple[CueForm, ...]:
        """The forms of cue that it holds."""
        return tuple(sorted({planned.cue for planned in self.opportunities}))

    @property
    def tests(self) -> Iterator[AgentDid]:
        """Every test of a reply in branches and stop rules."""
        for turn in self.turns:
            yield from (branch.if_agent for branch in turn.branches)
        yield from (rule.if_agent for rule in self.stop_rules)


class ProbeSet(Record):
    """The probes of one framework, with the everyday talk that goes before a late start."""

    framework: str
    """Id of the framework whose criteria they name."""
    warm_up: tuple[ProbeTurn, ...] = ()
    """Client turns about nothing in particular; no opportunity lies in them."""
    probes: tuple[Probe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = list(_set_faults(self))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def probe(self, probe_id: str) -> Probe:
        """The probe or control of this id; raises KeyError where there is none."""
        for probe in self.probes:
            if probe.id == probe_id:
                return probe
        raise KeyError(probe_id)

    def controls_of(self, probe_id: str) -> tuple[Probe, ...]:
        """The probes that are a control of this one."""
        return tuple(each for each in self.probes if each.control is not None and probe_id in each.control.of)


def _wordings(where: str, say: tuple[str, ...]) -> None:
    if len(say) < LEAST_WORDINGS:
        raise ValueError(f"{where} has {len(say)} wordings; {LEAST_WORDINGS} or more are wanted")
    if len({" ".join(words.casefold().split()) for words in say}) < len(say):
        raise ValueError(f"{where} has the same wording twice")


def _once(what: str, ids: Iterable[str]) -> None:
    for fault in _repeated(what, ids):
        raise ValueError(fault)


def _repeated(what: str, ids: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield f"{what} {name!r} is there {count} times; each once"


def _faults(probe: Probe) -> Iterator[str]:
    """What is wrong between the parts of a probe, in words."""
    turns = {turn.id: turn for turn in probe.turns}
    yield from _repeated("session", (session.id for session in probe.sessions))
    yield from _repeated("turn", (turn.id for turn in probe.turns))
    yield from _repeated("stop rule", (rule.id for rule in probe.stop_rules))
    yield from _repeated("position", probe.positions)
    yield from _repeated("memory", probe.memory)
    for place, session in enumerate(probe.sessions):
        if session.turns[0].branches:
            yield f"turn {session.turns[0].id!r} opens a session and has branches; no reply stands before it"
        if place == 0 and (session.days_later or session.persona is not None):
            yield f"session {session.id!r} is the first; persona and days_later belong to later ones"
    yield from _opportunity_faults(probe, turns)
    yield from _repeated("opportunity", (f"{each.criterion} at {each.turn}" for each in probe.opportunities))
    yield from _repeated("criterion under touches", probe.touches)
    first = [place for place, turn in enumerate(probe.turns, 1) if turn.id in {o.turn for o in probe.opportunities}]
    if "early" in probe.positions and first and first[0] > EARLY_UNTIL:
        yield f"the first opportunity comes at client turn {first[0]}; early means {EARLY_UNTIL} at the latest"
    if not probe.turning_points:
        yield "no turn has a turning_point"
    if probe.control is not None and probe.id in probe.control.of:
        yield "it is a control of itself"


def _opportunity_faults(probe: Probe, turns: Mapping[str, ProbeTurn]) -> Iterator[str]:
    for planned in probe.opportunities:
        turn = turns.get(planned.turn)
        if turn is None:
            yield f"opportunity on {planned.criterion} names turn {planned.turn!r}; known: {', '.join(turns)}"
            continue
        for branch in planned.only_in:
            if branch not in turn.saying_branches:
                known = ", ".join(turn.saying_branches)
                yield f"opportunity on {planned.criterion} at {turn.id!r} names branch {branch!r}; known: {known}"


def _set_faults(probes: ProbeSet) -> Iterator[str]:
    """What is wrong between the probes of a set, in words."""
    known = [probe.id for probe in probes.probes]
    yield from _repeated("probe", known)
    yield from _repeated("warm_up turn", (turn.id for turn in probes.warm_up))
    for probe in probes.probes:
        for name in probe.control.of if probe.control is not None else ():
            if name not in known:
                yield f"probe {probe.id!r} is a control of {name!r}, which is not there"
        for turn in probe.turns:
            if turn.id in {each.id for each in probes.warm_up}:
                yield f"probe {probe.id!r}: turn {turn.id!r} is called like one of the warm_up"
    late = [probe.id for probe in probes.probes if "late" in probe.positions]
    if late and len(probes.warm_up) < LATE_FROM - 1:
        yield (
            f"{late[0]!r} may be run late and the warm_up has {len(probes.warm_up)} turns; "
            f"{LATE_FROM - 1} or more are wanted"
        )
