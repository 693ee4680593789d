"""The strict reading of an answer: every section with its episodes and answers, or a typed fault.

A fault of form makes the whole answer void. A fault in the episodes of one section makes that section void. A yes
whose quote does not stand in the turn that it names is a void answer. Nothing void ever counts as yes or no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from dtnexus.coding.judge.call import Reply
from dtnexus.coding.judge.checks import CheckQuestion
from dtnexus.coding.judge.faults import AnswerFault, FaultCode, fault
from dtnexus.coding.judge.parsing import read_object
from dtnexus.coding.judge.quoting import Quoted, QuoteFault, find_quote
from dtnexus.coding.judge.sections import Section
from dtnexus.coding.judge.suspicion import suspect_spans
from dtnexus.coding.judge.windows import NumberedTurn, Window
from dtnexus.question_rule import QuestionSide
from dtnexus.rating import Evidence

T = TypeVar("T")
_QUOTE_CODES: Mapping[QuoteFault, FaultCode] = {
    "not_found": "quote_not_found",
    "too_short": "quote_too_short",
    "too_long": "quote_too_long",
    "withheld": "quote_withheld",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked in one call; what its answer is read against."""

    window: Window
    sections: tuple[Section, ...]
    checks: tuple[CheckQuestion, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: yes with the words, no, unclear, or void."""

    says: Literal["yes", "no", "unclear", "void"]
    evidence: Evidence | None = None
    side: QuestionSide | None = None


@dataclass(frozen=True, slots=True)
class JudgedEpisode:
    """An episode that a judge found, with an answer to every question of its section."""

    opened: NumberedTurn
    opening: Evidence
    scored: NumberedTurn
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class SectionAnswer:
    """What a judge said on one section."""

    found: Literal["yes", "no", "unclear"]
    episodes: tuple[JudgedEpisode, ...] = ()


@dataclass(slots=True)
class CallAnswer:
    """A reply as it was read."""

    sections: dict[str, SectionAnswer | AnswerFault]
    quotes_void: int = 0
    """Yes-answers whose quote did not hold."""
    injection: bool = False
    """A quote pointed at words that address a rater."""


class _Faulty(Exception):
    """Carries a fault out of the reading of one section."""

    def __init__(self, found: AnswerFault) -> None:
        super().__init__(found.detail)
        self.fault = found


def read_answer(reply: Reply, asking: Asking) -> CallAnswer | AnswerFault:
    """The reply read against what was asked; a fault where its form does not hold."""
    found = read_object(reply)
    if isinstance(found, AnswerFault):
        return found
    try:
        _fields(found, ("key", "checks", "sections"), "answer")
        if found["key"] != asking.key:
            raise _Faulty(fault("wrong_key", "the answer does not carry the key of this call"))
        checks = _mapping(found["checks"], "checks")
        sections = _mapping(found["sections"], "sections")
        _fields(checks, tuple(check.id for check in asking.checks), "checks")
        _fields(sections, tuple(section.id for section in asking.sections), "sections")
        _check(checks, asking)
        forms = {section.id: _form_of(sections[section.id], section) for section in asking.sections}
    except _Faulty as faulty:
        return faulty.fault
    answer = CallAnswer({})
    for section in asking.sections:
        answer.sections[section.id] = _section(*forms[section.id], section, asking.window, answer)
    return answer


def _check(given: Mapping[str, Any], asking: Asking) -> None:
    for check in asking.checks:
        if given[check.id] not in ("yes", "no"):
            raise _Faulty(fault("wrong_type", f"{check.id} is neither yes nor no"))
    wrong = [check.id for check in asking.checks if given[check.id] != check.answer]
    if wrong:
        raise _Faulty(fault("check_failed", f"{', '.join(wrong)} answered wrongly"))


# --- form ---------------------------------------------------------------------------------------------------------


def _fields(given: Mapping[str, Any], wanted: tuple[str, ...], where: str) -> None:
    missing = [name for name in wanted if name not in given]
    unknown = len(set(given) - set(wanted))
    if unknown:
        raise _Faulty(fault("unknown_id", f"{unknown} unknown under {where}"))
    if missing:
        raise _Faulty(fault("missing_id", f"{where} lacks {', '.join(missing)}"))


def _mapping(value: object, where: str) -> dict[str, Any]:
    return _typed(value, dict, where)


def _typed(value: object, kind: type[T], where: str) -> T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _Faulty(fault("wrong_type", f"{where} is of another type than {kind.__name__}"))
    return value


def _form_of(value: object, section: Section) -> tuple[Literal["yes", "no", "unclear"], list[dict[str, Any]]]:
    """A section whose form holds, its contents unread; raises otherwise."""
    given = _mapping(value, section.id)
    _fields(given, ("found", "episodes"), section.id)
    found = given["found"]
    if found not in ("yes", "no", "unclear"):
        raise _Faulty(fault("wrong_type", f"{section.id}.found is none of yes, no, unclear"))
    episodes: list[dict[str, Any]] = []
    for place, each in enumerate(_typed(given["episodes"], list, f"{section.id}.episodes"), start=1):
        where = f"{section.id} episode {place}"
        episode = _mapping(each, where)
        _fields(episode, ("opened_turn", "opened_quote", "scored_turn", "answers"), where)
        _typed(episode["opened_turn"], int, f"{where} opened_turn")
        _typed(episode["scored_turn"], int, f"{where} scored_turn")
        _typed(episode["opened_quote"], str, f"{where} opened_quote")
        answers = _mapping(episode["answers"], f"{where} answers")
        _fields(answers, tuple(section.questions), where)
        for name in section.questions:
            _answer_form(answers[name], f"{where} {name}")
        episodes.append(episode)
    return found, episodes


def _answer_form(value: object, where: str) -> None:
    if value in ("no", "unclear"):
        return
    given = _mapping(value, where)
    _fields(given, ("answer", "turn", "quote"), where)
    if given["answer"] != "yes":
        raise _Faulty(fault("wrong_type", f"{where}: an answer with a quote is yes"))
    _typed(given["turn"], int, f"{where} turn")
    _typed(given["quote"], str, f"{where} quote")


# --- contents -----------------------------------------------------------------------------------------------------


def _section(
    found: Literal["yes", "no", "unclear"],
    episodes: list[dict[str, Any]],
    section: Section,
    window: Window,
    answer: CallAnswer,
) -> SectionAnswer | AnswerFault:
    if (found == "yes") != bool(episodes):
        return fault("contradiction", f"{section.id}: found is {found} with {len(episodes)} episodes")
    try:
        read = tuple(_episode(given, section, window, answer) for given in episodes)
    except _Faulty as faulty:
        return faulty.fault
    return SectionAnswer(found, read)


def _episode(given: Mapping[str, Any], section: Section, window: Window, answer: CallAnswer) -> JudgedEpisode:
    opened, scored = window.at(given["opened_turn"]), window.at(given["scored_turn"])
    if opened is None or scored is None:
        raise _Faulty(fault("wrong_turn", f"{section.id}: a turn that the record does not hold"))
    if section.by not in ("either", opened.side):
        raise _Faulty(fault("wrong_turn", f"{section.id}: turn {opened.number} is the {opened.side}'s"))
    right = (opened.number,) if opened.side == "agent" else window.answers_to(opened.number)
    if scored.number not in right:
        raise _Faulty(fault("wrong_turn", f"{section.id}: turn {scored.number} does not answer turn {opened.number}"))
    opening = _evidence(given["opened_quote"], opened, answer)
    if not isinstance(opening, Evidence):
        raise _Faulty(fault(_QUOTE_CODES[opening], f"{section.id}: opening in turn {opened.number}"))
    questions = section.questions
    answers = {name: _read(given["answers"][name], questions[name].of, window, answer) for name in questions}
    return JudgedEpisode(opened, opening, scored, answers)


def _read(value: Any, side: QuestionSide, window: Window, answer: CallAnswer) -> Answer:
    if isinstance(value, str):
        return Answer("no" if value == "no" else "unclear")
    turn = window.at(value["turn"])
    evidence = _evidence(value["quote"], turn, answer) if turn is not None and turn.side == side else None
    if not isinstance(evidence, Evidence):
        answer.quotes_void += 1
        return Answer("void")
    return Answer("yes", evidence, side)


def _evidence(quote: str, turn: NumberedTurn, answer: CallAnswer) -> Evidence | QuoteFault:
    found = find_quote(quote, turn.text, turn.folded, turn.shown)
    if isinstance(found, Quoted):
        return turn.evidence(found.start, found.end)
    if found == "withheld" or suspect_spans(quote[:2_000]):
        answer.injection = True
    return found
