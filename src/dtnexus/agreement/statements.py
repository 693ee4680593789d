"""Our own rating records as lines of a ratings table: the four answers stay four."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from dtnexus.agreement.table import Answer, Apart, Coder, LeftOut, Lines
from dtnexus.errors import InputError
from dtnexus.rating import STATEMENT, CoderRef, Failure, NotApplicable, Observation, Rating, Said
from dtnexus.record import first_fault


def of_statements(path: str, objects: Sequence[tuple[int, Mapping[str, object]]]) -> Lines:
    """What the statements say; a unit is an interaction. Adjudicators' and consensus statements are left out.

    A `Rating` is a score, `NotObservable` an answer of its own; `NotApplicable` and `Failure` are left out and
    counted apart, and so are counted facts, which are no ratings.

    Raises:
        InputError: a line is no statement; names file and line.
    """
    said = [(line, _statement(path, line, value)) for line, value in objects]
    refs = {each.coder.digest(): each.coder for _, each in said}
    names = _names(refs)
    left_out: Counter[LeftOut] = Counter()
    answers: list[Answer] = []
    apart: list[Apart] = []
    for line, each in said:
        reason = _left_out(each)
        coder = names[each.coder.digest()]
        if isinstance(each, Observation):
            left_out["counted fact"] += 1
            continue
        score = each.score if isinstance(each, Rating) else None
        answer = Answer(each.interaction_id, each.interaction_id, coder, each.criterion, score, line)
        if reason is None:
            answers.append(answer)
            continue
        left_out[reason] += 1
        apart.append(Apart(reason, answer))
    coders = tuple(Coder(names[digest], ref.kind) for digest, ref in refs.items())
    by_name = {names[digest]: ref for digest, ref in refs.items()}
    return Lines(path, tuple(answers), coders, left_out, True, apart=tuple(apart), refs=by_name)


def _statement(path: str, line: int, value: Mapping[str, object]) -> Said:
    try:
        return STATEMENT.validate_python(value)
    except ValidationError as error:
        wanted = "ratings as `code` writes them, one a line"
        raise InputError(path, f"a line that is no statement ({first_fault(error)})", wanted, line) from None


def _left_out(said: Said) -> LeftOut | None:
    if said.coder.kind in ("adjudicator", "consensus"):
        return "adjudicated"
    if isinstance(said, NotApplicable):
        return "not applicable"
    return "failed" if isinstance(said, Failure) else None


def _names(refs: Mapping[str, CoderRef]) -> dict[str, str]:
    """Digest -> the shortest of name, name@version and name@version#digest that no other coder has."""
    ways = [
        {digest: ref.name for digest, ref in refs.items()},
        {digest: f"{ref.name}@{ref.version}" for digest, ref in refs.items()},
        {digest: f"{ref.name}@{ref.version}#{digest[:6]}" for digest, ref in refs.items()},
    ]
    names: dict[str, str] = {}
    for digest in refs:
        for way in ways:
            alike: defaultdict[str, int] = defaultdict(int)
            for name in way.values():
                alike[name] += 1
            if alike[way[digest]] == 1 or way is ways[-1]:
                names[digest] = way[digest]
                break
    return names
