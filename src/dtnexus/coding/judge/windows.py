"""The turns of an interaction as a judge sees them: numbered through, shown safely, cut into overlapping windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from dtnexus.coding.judge.display import Shown, shown
from dtnexus.coding.judge.folding import Folded, fold
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.question_rule import QuestionSide
from dtnexus.rating import Evidence
from dtnexus.transcript import Interaction, Role


@dataclass(frozen=True, slots=True)
class NumberedTurn:
    """A turn of client or agent, with its number through all sessions, from 1."""

    number: int
    session: int
    index: int
    side: QuestionSide
    text: str
    shown: Shown
    transcript_id: str
    _folded: list[Folded] = field(default_factory=list, repr=False, compare=False)

    @property
    def folded(self) -> Folded:
        """The text folded for finding quotes; made once."""
        if not self._folded:
            self._folded.append(fold(self.text))
        return self._folded[0]

    def evidence(self, start: int, end: int) -> Evidence:
        """The words at a span of the original."""
        return Evidence(
            transcript_id=self.transcript_id,
            session=self.session,
            turn=self.index,
            start=start,
            end=end,
            quote=self.text[start:end],
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive turns that are shown at once."""

    turns: tuple[NumberedTurn, ...]

    def at(self, number: int) -> NumberedTurn | None:
        """The turn of this number; None where the window does not hold it."""
        place = number - self.turns[0].number
        return self.turns[place] if 0 <= place < len(self.turns) else None

    def depth(self, number: int) -> int:
        """How many turns this one stands from the nearer end of the window."""
        return min(number - self.turns[0].number, self.turns[-1].number - number)

    def answers_to(self, number: int) -> tuple[int, ...]:
        """The numbers of the three agent turns after a turn, in the same session."""
        opened = self.at(number)
        later = [
            turn.number
            for turn in self.turns
            if opened is not None and turn.number > number and turn.side == "agent" and turn.session == opened.session
        ]
        return tuple(later[:3])


def numbered_turns(interaction: Interaction, settings: JudgeSettings) -> tuple[NumberedTurn, ...]:
    """Every turn of client and agent, in order. System messages are not shown: nobody said them."""
    numbers = count(1)
    return tuple(
        NumberedTurn(
            number=next(numbers),
            session=at,
            index=turn.index,
            side="client" if turn.role is Role.CLIENT else "agent",
            text=turn.text,
            shown=shown(turn.text, settings.turn_characters),
            transcript_id=session.id,
        )
        for at, session in enumerate(interaction.sessions)
        for turn in session.turns
        if turn.role is not Role.SYSTEM
    )


def windows_of(turns: Sequence[NumberedTurn], settings: JudgeSettings) -> tuple[Window, ...]:
    """The turns in windows that overlap; every turn is in one at least, and none holds another entirely."""
    windows: list[Window] = []
    start = 0
    while start < len(turns):
        end, size = start, 0
        while end < len(turns) and end - start < settings.window_turns:
            size += len(turns[end].shown.text)
            if end > start and size > settings.window_characters:
                break
            end += 1
        windows.append(Window(tuple(turns[start:end])))
        if end == len(turns):
            break
        start = end - min(settings.overlap_turns, (end - start) // 3)
    return tuple(windows)
