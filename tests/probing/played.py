"""A scripted model that plays clients, behind a real server on loopback."""

from __future__ import annotations

from collections.abc import Callable

from dtnexus.catalog.probe_files import load_probes
from dtnexus.running.probe_signals import AGENT_MAXIMA
from tests.probing.servers import Asked, Behaviour, Handler, chat

PROBES = load_probes("dtn-op", known_signals=AGENT_MAXIMA)


def plays(words: Callable[[str], str]) -> Behaviour:
    """Answers each request with what `words` makes of its last message."""

    def behave(to: Handler, asked: Asked) -> None:
        to.body(chat(words(asked.body["messages"][-1]["content"]), "invented-client"))

    return behave
