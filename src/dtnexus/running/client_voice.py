"""The client's own words from a model, checked before they are said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from dtnexus.probing.played_client import briefing, own_words, persona_of
from dtnexus.probing.role_reversal import Reversal, reversal
from dtnexus.probing.script import Play, ReadSignals, Says
from dtnexus.probing.targets.chat import Opening, TargetTrouble
from dtnexus.probing.targets.openai_chat import OpenAiTarget


class Counselled(NamedTuple):
    """Words that must not be said, since a client that counsels is none."""

    words: str
    how: Reversal


@dataclass(frozen=True)
class ClientVoice:
    """A model that plays clients; several threads may use one."""

    model: OpenAiTarget
    read: ReadSignals

    @property
    def name(self) -> str:
        """Model and host, without secrets."""
        return self.model.name

    def words(self, play: Play, run: str) -> str | Counselled:
        """What the client says before the words of the script, or words that reverse the roles.

        Raises:
            TargetTrouble: the model did not answer (``client_failed``).
        """
        said, asked = play.next, briefing(play)
        if asked is None or not isinstance(said, Says):
            return ""
        opening = Opening(f"{run}-client", said.session, "off", f"{run}-client")
        session = replace(self.model, system_prompt=asked.instructions).open(opening)
        try:
            answer = session.say(asked.request).text
        except TargetTrouble as error:
            raise TargetTrouble("client_failed", f"the model that plays the client: {error.detail}") from None
        finally:
            session.close()
        words = own_words(answer, persona_of(play.probe, said.session).name, said.text)
        how = reversal(words, _heard(play), self.read)
        return words if how is None else Counselled(words, how)


def _heard(play: Play) -> str:
    return play.done[-1].reply if play.done else ""
