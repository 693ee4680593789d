"""The way in: one interaction put to a judge, as calls to make, replies to take, and statements at the end.

::

    session = JudgeSession(interaction, framework, JudgeSettings())
    while calls := session.open_calls():
        for call in calls:                      # in any order, also at the same time
            session.take(send(call))            # a `Reply`; may open further calls
    statements = session.statements(coder)

Nothing here waits, sends or stores. The state is the replies alone: a session that takes stored replies, in any
order, goes on where another one stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dtnexus.coding.embedded import depends_on_kind, not_applicable
from dtnexus.coding.judge.answers import Asking, CallAnswer, SectionAnswer, read_answer
from dtnexus.coding.judge.call import JudgeCall, Reply, estimated_tokens
from dtnexus.coding.judge.checks import check_questions
from dtnexus.coding.judge.decision import PASSAGES, Repeat, Said, planned_turns, repeat_of, statement
from dtnexus.coding.judge.faults import AnswerFault
from dtnexus.coding.judge.form import answer_schema
from dtnexus.coding.judge.grouping import Group, groups_of
from dtnexus.coding.judge.prompts import INSTRUCTIONS, prompt, record_key
from dtnexus.coding.judge.sections import Asked, Section, rule_of, sections_of, typical_answer, wanted_criteria
from dtnexus.coding.judge.settings import PROTOCOL, JudgeSettings
from dtnexus.coding.judge.windows import Window, numbered_turns, windows_of
from dtnexus.errors import UsageError
from dtnexus.framework import Criterion, Framework
from dtnexus.rating import CoderRef, Failure, FailureCause, NotApplicable, NotObservable, Rating
from dtnexus.record import Record, digest_of
from dtnexus.transcript import Interaction

_CALL_ID: Final = re.compile(r"w([1-9]\d*)-g([1-9]\d*)-r([1-9]\d*)-a([1-9]\d*)")

Stated = Rating | NotObservable | NotApplicable | Failure


class CallCounts(Record):
    """How many calls there were; coverage of the work itself."""

    planned: int
    """First calls, one for each window, group and repeat."""
    again: int
    """Calls made once more because an answer was void."""
    answered: int
    """Replies whose form held."""
    failed: int
    """Replies without a valid answer."""
    quotes_void: int
    """Yes-answers that were void because their quote did not hold."""
    open: int
    """Calls that have no reply yet."""


class Taken(Record):
    """What a reply was worth."""

    fault: AnswerFault | None
    """Why the whole answer is void; None where its form held."""
    void: tuple[str, ...]
    """Sections of it that are void all the same."""
    further: tuple[str, ...]
    """Ids of calls that this reply has opened."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """One first call: a window, a group and a repeat. Attempts fill it."""

    window: int
    group: int
    repeat: int

    def call_id(self, attempt: int) -> str:
        return f"w{self.window + 1}-g{self.group + 1}-r{self.repeat + 1}-a{attempt}"


class JudgeSession:
    """One interaction as it is put to a judge."""

    def __init__(self, interaction: Interaction, framework: Framework, settings: JudgeSettings) -> None:
        """Plan the first calls; none where nothing can be asked.

        Raises:
            UsageError: the settings name a criterion that cannot be asked.
        """
        self.interaction = interaction
        self.framework = framework
        self.settings = settings
        self._wanted = wanted_criteria(framework, settings)
        turns = numbered_turns(interaction, settings)
        self._turns = turns
        spoken = {turn.side for turn in turns}
        asked = [criterion for criterion in self._wanted if self._unasked(criterion) is None]
        possible = "agent" in spoken
        self._sections = sections_of(framework, asked) if possible else ()
        self._groups: tuple[Group, ...] = groups_of(self._sections, settings)
        self._windows: tuple[Window, ...] = windows_of(turns, settings) if self._sections else ()
        self._replies: dict[str, Reply] = {}
        self._read: dict[str, CallAnswer | AnswerFault] = {}
        self._left_open: dict[str, tuple[Section, ...]] = {}

    # --- plan -----------------------------------------------------------------------------------------------------

    @cached_property
    def prompts_digest(self) -> str:
        """Digest of everything that prompts are made of, apart from the transcript: the prompt hash of a rating."""
        texts = [rule_of(self.framework, each).model_dump(mode="json") for each in self.framework.transcript_criteria]
        shown = [
            each.model_dump(mode="json", include={"id", "name", "definition", "indicators"}) for each in self._wanted
        ]
        return digest_of([PROTOCOL, INSTRUCTIONS, texts, shown, self.settings.model_dump(mode="json")])

    @property
    def injection_suspected(self) -> bool:
        """Whether words address a rater or imitate the form, or a judge quoted such words."""
        quoted = any(isinstance(read, CallAnswer) and read.injection for read in self._read.values())
        return quoted or any(turn.shown.withheld for turn in self._turns)

    @property
    def calls_planned(self) -> int:
        """How many calls will be made if every answer is valid."""
        return len(self._windows) * sum(group.repeats for group in self._groups)

    def first_calls(self) -> tuple[JudgeCall, ...]:
        """The calls that are made in any case, in the order of the plan; what a dry run shows."""
        return tuple(self._call(slot, 1, self._groups[slot.group].sections) for slot in self._slots())

    def open_calls(self) -> tuple[JudgeCall, ...]:
        """The calls to make now: no reply is there yet, and nothing else has to come first. Empty at the end."""
        return tuple(self._call(slot, attempt, asked) for slot, attempt, asked in self._open())

    def call(self, call_id: str) -> JudgeCall:
        """The open call of this id.

        Raises:
            UsageError: no such call is open.
        """
        for slot, attempt, asked in self._open():
            if slot.call_id(attempt) == call_id:
                return self._call(slot, attempt, asked)
        raise UsageError(f"interaction {self.interaction.id!r} has no open call {call_id[:40]!r}")

    def _slots(self) -> Iterator[_Slot]:
        for window in range(len(self._windows)):
            for place, group in enumerate(self._groups):
                for repeat in range(group.repeats):
                    yield _Slot(window, place, repeat)

    def _open(self) -> Iterator[tuple[_Slot, int, tuple[Section, ...]]]:
        for slot in self._slots():
            for attempt, asked in self._attempts(slot):
                if slot.call_id(attempt) not in self._replies:
                    yield slot, attempt, asked

    def _open_in(self, slot: _Slot) -> tuple[str, ...]:
        calls = (slot.call_id(attempt) for attempt, _ in self._attempts(slot))
        return tuple(call for call in calls if call not in self._replies)

    def _attempts(self, slot: _Slot) -> Iterator[tuple[int, tuple[Section, ...]]]:
        """The attempts of a slot up to the first without a reply, each with the sections that it asks."""
        asked = self._groups[slot.group].sections
        for attempt in range(1, self.settings.attempts + 1):
            yield attempt, asked
            reply = self._replies.get(slot.call_id(attempt))
            if reply is None or not reply.goes_out_again:
                return
            asked = self._void(slot, attempt, asked)
            if not asked:
                return

    def _void(self, slot: _Slot, attempt: int, asked: tuple[Section, ...]) -> tuple[Section, ...]:
        """The sections that a reply leaves open; a void answer that decides nothing leaves none open."""
        call = slot.call_id(attempt)
        if call not in self._left_open:
            read = self._reading(slot, attempt, asked)
            self._left_open[call] = tuple(
                section
                for section in asked
                if isinstance(read, AnswerFault) or self._is_open(slot, section, read.sections[section.id])
            )
        return self._left_open[call]

    def _is_open(self, slot: _Slot, section: Section, answer: SectionAnswer | AnswerFault) -> bool:
        seen = ((self._windows[slot.window], answer),)
        return any(repeat_of(asked, seen, self._sessions).fault is not None for asked in section.asked)

    @property
    def _sessions(self) -> int:
        return len(self.interaction.sessions)

    def _asking(self, slot: _Slot, attempt: int, asked: tuple[Section, ...]) -> Asking:
        window = self._windows[slot.window]
        key = digest_of([PROTOCOL, record_key(window.turns), slot.call_id(attempt), [each.id for each in asked]])[:16]
        return Asking(window, asked, check_questions(window, key), key)

    def _call(self, slot: _Slot, attempt: int, asked: tuple[Section, ...]) -> JudgeCall:
        asking = self._asking(slot, attempt, asked)
        turned = _turned(asked, slot.repeat)
        text = prompt(asking.window, turned, asking.checks, asking.key, again=attempt > 1)
        return JudgeCall(
            id=slot.call_id(attempt),
            criteria=tuple(each.criterion.id for section in turned for each in section.asked),
            instructions=INSTRUCTIONS,
            prompt=text,
            answer_schema=answer_schema(turned, asking.checks, asking.key),
            input_tokens=estimated_tokens(INSTRUCTIONS) + estimated_tokens(text),
            output_tokens=typical_answer(asked),
        )

    # --- replies --------------------------------------------------------------------------------------------------

    def take(self, reply: Reply) -> Taken:
        """Take a reply to a call of this plan; the same reply again changes nothing.

        Replies may come in any order. Where an answer or a part of it is void, the next attempt is opened, as far
        as the settings permit.

        Raises:
            UsageError: the plan has no such call, or another reply to it was taken.
        """
        slot, attempt = self._place(reply.call)
        known = self._replies.get(reply.call)
        if known is not None and known != reply:
            raise UsageError(f"call {reply.call!r} of interaction {self.interaction.id!r} has another reply already")
        before = self._open_in(slot)
        self._replies[reply.call] = reply
        asked = dict(self._attempts(slot)).get(attempt)
        opened = tuple(call for call in self._open_in(slot) if call not in before)
        if asked is None:
            return Taken(fault=None, void=(), further=opened)
        read = self._reading(slot, attempt, asked)
        void = tuple(section.id for section in self._void(slot, attempt, asked))
        return Taken(fault=read if isinstance(read, AnswerFault) else None, void=void, further=opened)

    def take_all(self, replies: Iterable[Reply]) -> None:
        """Take stored replies, in any order; see `take`."""
        for reply in replies:
            self.take(reply)

    def give_up(self, cause: FailureCause, detail: str) -> None:
        """Answer every open call with the same failure, for instance where a limit of cost was reached."""
        while calls := [slot.call_id(attempt) for slot, attempt, _ in self._open()]:
            for call in calls:
                self._replies[call] = Reply(call=call, kind="failure", cause=cause, detail=detail)

    def replies(self) -> tuple[Reply, ...]:
        """Every reply that was taken, by call; to be stored."""
        return tuple(self._replies[call] for call in sorted(self._replies))

    def _place(self, call: str) -> tuple[_Slot, int]:
        match = _CALL_ID.fullmatch(call)
        if match is not None:
            window, group, repeat, attempt = (int(each) for each in match.groups())
            planned = window <= len(self._windows) and group <= len(self._groups)
            if planned and repeat <= self._groups[group - 1].repeats and attempt <= self.settings.attempts:
                return _Slot(window - 1, group - 1, repeat - 1), attempt
        raise UsageError(f"the plan for interaction {self.interaction.id!r} has no call {call[:40]!r}")

    def _reading(self, slot: _Slot, attempt: int, asked: tuple[Section, ...]) -> CallAnswer | AnswerFault:
        call = slot.call_id(attempt)
        if call not in self._read:
            self._read[call] = read_answer(self._replies[call], self._asking(slot, attempt, asked))
        return self._read[call]

    def counts(self) -> CallCounts:
        """How many calls there were so far, and what they were worth."""
        open_calls = list(self._open())
        read = list(self._counted())
        valid = [each for each in read if isinstance(each, CallAnswer)]
        return CallCounts(
            planned=self.calls_planned,
            again=sum(1 for slot in self._slots() for attempt, _ in self._attempts(slot) if attempt > 1),
            answered=len(valid),
            failed=len(read) - len(valid),
            quotes_void=sum(each.quotes_void for each in valid),
            open=len(open_calls),
        )

    def _counted(self) -> Iterator[CallAnswer | AnswerFault]:
        for slot in self._slots():
            for attempt, asked in self._attempts(slot):
                if slot.call_id(attempt) in self._replies:
                    yield self._reading(slot, attempt, asked)

    # --- statements -----------------------------------------------------------------------------------------------

    def statements(self, coder: CoderRef) -> tuple[Stated, ...]:
        """Exactly one statement for each criterion of the framework, in its order.

        Raises:
            UsageError: calls are open; make them, or `give_up`.
        """
        still = [slot.call_id(attempt) for slot, attempt, _ in self._open()]
        if still:
            raise UsageError(f"interaction {self.interaction.id!r}: {len(still)} calls have no reply, first {still[0]}")
        said = Said(
            self.interaction.id, coder, self.injection_suspected, self._remarks(), planned_turns(self.interaction)
        )
        by_criterion = {
            asked.criterion.id: self._stated(asked, self._repeats(section, asked), said)
            for section in self._sections
            for asked in section.asked
        }
        return tuple(self._one(criterion, coder, by_criterion) for criterion in self.framework.criteria)

    def _one(self, criterion: Criterion, coder: CoderRef, stated: dict[str, Stated]) -> Stated:
        why_not = self._unasked(criterion)
        if criterion.id in stated and why_not is None:
            return stated[criterion.id]
        if isinstance(why_not, NotApplicable):
            return why_not.model_copy(update={"coder": coder})
        reason = why_not or "the record holds no word of the agent"
        return NotObservable(interaction_id=self.interaction.id, criterion=criterion.id, coder=coder, reason=reason)

    def _unasked(self, criterion: Criterion) -> str | NotApplicable | None:
        """Why a criterion is not asked; None where it is."""
        barred = not_applicable(self.interaction, criterion)
        if barred is not None:
            nobody = CoderRef(kind="judge", name="protocol", version=PROTOCOL)
            return NotApplicable(interaction_id=self.interaction.id, criterion=criterion.id, coder=nobody, fact=barred)
        if not {"T", "P"} & set(criterion.evidence):
            return "rests on system facts; it needs documents, not transcripts"
        if criterion.id not in {wanted.id for wanted in self._wanted}:
            return "the judge was not asked about this criterion"
        needed, held = rule_of(self.framework, criterion).sessions_needed, self._sessions
        return f"needs {needed} sessions; this record holds {held}" if held < needed else None

    def _stated(self, asked: Asked, repeats: Sequence[Repeat], said: Said) -> Stated:
        stated = statement(asked, repeats, said)
        if isinstance(stated, Failure) or not depends_on_kind(self.interaction, asked.criterion):
            return stated
        reason = "it is unknown whether the agent is a program or a person; say which (--agent-kind) to have it rated"
        return NotObservable(
            interaction_id=stated.interaction_id,
            criterion=stated.criterion,
            coder=said.coder,
            reason=reason,
            episodes=stated.episodes[:PASSAGES],
            self_agreement=stated.self_agreement,
            injection_suspected=stated.injection_suspected,
        )

    def _repeats(self, section: Section, asked: Asked) -> list[Repeat]:
        at = next(place for place, group in enumerate(self._groups) if section in group.sections)
        return [
            repeat_of(
                asked,
                [
                    (window, self._answer(_Slot(number, at, repeat), section))
                    for number, window in enumerate(self._windows)
                ],
                self._sessions,
            )
            for repeat in range(self._groups[at].repeats)
        ]

    def _answer(self, slot: _Slot, section: Section) -> SectionAnswer | AnswerFault:
        """The first attempt's answer on a section that leaves nothing open; otherwise the last that was read."""
        best: SectionAnswer | AnswerFault | None = None
        for attempt, asked in self._attempts(slot):
            if section not in asked:
                continue
            read = self._reading(slot, attempt, asked)
            answer = read if isinstance(read, AnswerFault) else read.sections[section.id]
            if not self._is_open(slot, section, answer):
                return answer
            if best is None or isinstance(answer, SectionAnswer) or isinstance(best, AnswerFault):
                best = answer
        if best is None:
            raise UsageError(f"call {slot.call_id(1)!r} has no reply")
        return best

    def _remarks(self) -> tuple[str, ...]:
        """What limits the reading, in words that hold nothing of the conversation."""
        cut = sum(1 for turn in self._turns if turn.shown.cut)
        withheld = sum(1 for turn in self._turns if turn.shown.withheld)
        remarks = []
        if cut:
            remarks.append(f"{cut} long turn(s) were shown in part")
        if withheld:
            remarks.append(f"words in {withheld} turn(s) address a rater or imitate a form, and were not shown")
        return tuple(remarks)


def _turned(sections: tuple[Section, ...], repeat: int) -> tuple[Section, ...]:
    """The sections in another order for every repeat, so that repeats do not only repeat themselves."""
    start = repeat % len(sections)
    turned = (*sections[start:], *sections[:start])
    return turned[::-1] if repeat % 2 else turned
