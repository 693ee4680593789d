"""What every target is: something that opens a session, is said something, answers, and is closed.

    session = target.open(opening, said_before)
    reply = session.say("Are you human?")
    session.close()

What keeps a target from answering is a `TargetTrouble`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol

from dtnexus.probe_battery import TroubleKind
from dtnexus.probe_run import Memory

Scope = Literal["process", "loopback", "network"]
"""Where words go: nowhere (a function or program here), to this machine, or to another one."""


class Opening(NamedTuple):
    """Which session is opened. Holds nothing that identifies a person: all clients are invented."""

    client: str
    """The client's id: the same in all sessions of a run with memory, new in each without."""
    session: int
    """Place of the session in the probe, from 0."""
    memory: Memory
    run: str
    """Name of the run, for instance ``PB01-early-on-s0-r0``."""


class Said(NamedTuple):
    """One exchange of this session that lies behind."""

    client: str
    agent: str


class Reply(NamedTuple):
    """What the agent said; the text may be empty."""

    text: str
    answered_as: str | None = None
    """Name of the model as the target returned it; None: it names none."""


class Sent(NamedTuple):
    """What became of one request; no words and no headers."""

    to: str
    """Host and port, program or function."""
    size: int
    """Bytes of the body."""
    sha256: str
    attempt: int
    """Try, from 0."""
    outcome: str
    """Status code, or kind of trouble."""


class Crashed(NamedTuple):
    """Code that is not ours raised an error."""

    error: str
    """Name of its type; never its message, which might hold words."""


Guard = Callable[[Callable[[], object], Callable[[str], Crashed]], object]
"""Calls code that is not ours: gives its result, or what the second argument makes of the name of its error."""

Witness = Callable[[Sent], None]
"""Told of every request after it ended."""


class TargetTrouble(Exception):
    """A target did not answer. The message holds no words of a conversation, no key and no header."""

    def __init__(self, kind: TroubleKind, detail: str) -> None:
        """Keep the kind apart from the words."""
        self.kind: TroubleKind = kind
        self.detail = detail
        super().__init__(f"{kind}: {detail}")


class ChatSession(Protocol):
    """One open session."""

    @property
    def greeting(self) -> str | None:
        """What the agent said before the client did; None: nothing."""
        ...

    def say(self, text: str) -> Reply:
        """The agent's answer.

        Raises:
            TargetTrouble: there is none. The session is then of no further use.
        """
        ...

    def close(self) -> None:
        """End the session; never raises for trouble with the target. Closing twice is fine."""
        ...


class ChatTarget(Protocol):
    """A live agent. `open` may be called from several threads at once."""

    @property
    def name(self) -> str:
        """The target in words, for files and messages; no secrets."""
        ...

    @property
    def agent_id(self) -> str:
        """A short name for the agent, where the user gives none."""
        ...

    @property
    def settings(self) -> str:
        """Everything that decides what is sent, without secrets: another text is another battery."""
        ...

    @property
    def scope(self) -> Scope:
        """Where words go."""
        ...

    @property
    def unencrypted(self) -> bool:
        """Whether words and keys go over a network in the clear."""
        ...

    @property
    def goes_on(self) -> bool:
        """Whether a session can be gone on with from what was said so far (`said_before`)."""
        ...

    def open(self, opening: Opening, said_before: Sequence[Said] = (), witness: Witness | None = None) -> ChatSession:
        """A new session, or one that is gone on with.

        Raises:
            TargetTrouble: it cannot be opened.
        """
        ...

    def close(self) -> None:
        """End what is still open, also while other threads wait for an answer."""
        ...
