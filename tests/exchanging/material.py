"""An invented conversation of two sessions and a small framework to code it by. Synthetic."""

from __future__ import annotations

from dtnexus.framework import Framework
from dtnexus.rating import CoderRef, Episode, Failure, NotApplicable, NotObservable, Rating, Said
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn
from tests.deciding.material import the_framework

AGENT = Agent(id="helper", kind="digital", version="1")
ANN = CoderRef(kind="human", name="coder-a", version="dtn-test@0")
SAID = (
    (("client", "Hello <b>you</b> & me \U0001f600\r\nAre you a person?"), ("agent", "No, I am a program. Go on.")),
    (("client", "=SUM(A1) is in my sheet, write to pat@example.org"), ("agent", "I keep it to myself, Pat.")),
)


def talk() -> Interaction:
    """One client, two sessions."""
    sessions = tuple(
        Transcript(
            id=f"talk-{number}",
            turns=tuple(
                Turn(index=at, role=Role(role), text=text, speaker="Pat") for at, (role, text) in enumerate(turns)
            ),
            agent=AGENT,
            client_id="client-7",
            session_index=number,
            language="en",
            synthetic=True,
        )
        for number, turns in enumerate(SAID)
    )
    return Interaction(id="client-7@helper:1", agent=AGENT, client_id="client-7", sessions=sessions)


def framework() -> Framework:
    """The framework of the deciding tests; any framework will do."""
    return the_framework()


def statements() -> tuple[Said, ...]:
    """One of each kind of statement."""
    about = {"interaction_id": talk().id, "coder": ANN}
    episode = Episode(
        transcript_id="talk-1",
        session=1,
        turn=0,
        start=0,
        end=8,
        quote="=SUM(A1)",
        criterion="F1",
        score=3,
        expected=3,
        confidence=0.9,
        why="written to pat@example.org",
    )
    return (
        Rating(**about, criterion="F1", score=3, expected=3, confidence=0.9, episodes=(episode,), why="=1+1 Pat"),
        NotObservable(**about, criterion="G1", reason="nothing arose"),
        NotApplicable(**about, criterion="C2", fact="no memory"),
        Failure(**about, criterion="B1", cause="error", detail="x"),
    )
