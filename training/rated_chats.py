"""Chats that the person in them rated, as episodes on a scale of their own.

iEval asked after each short chat how far "the chatbot understood my emotions", 1 to 5. Such a rating is
no score of ours: it is of a whole chat, and people like what is warm. It says which of two answers is
nearer to understanding, so it shares the hidden value with our scores and not the thresholds.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from dtnexus.coding.episode_scoring import POINTS, feature_readings, rule_chances
from dtnexus.coding.opportunities import cuts
from dtnexus.coding.outputs import SignalMatrix, column_of
from dtnexus.coding.session_reading import SignalReader, read_session
from dtnexus.coding.signals import RATED, SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from dtnexus.coding.weight_file import OUTPUTS
from dtnexus.framework import Framework
from dtnexus.validation.sets.empathy import ieval_chats
from training.corpus import RATINGS, data_folder, rows
from training.out_of_fold import columns_of, load_logits
from training.scorer_rows import Rows, rule_features


class UnseenRatings:
    """A reader whose readings of what people rated are by models that saw no rating of the task."""

    digest = "out-of-fold"

    def __init__(self, reader: SignalReader, member: str) -> None:
        """Readings of all other signals are the reader's; `member` is `linear` or `joined`."""
        self._reader = reader
        logits = load_logits(member)[:, columns_of("agent")]
        self._columns = [at for at, (name, _) in enumerate(OUTPUTS["agent"]) if name in RATED]
        found: dict[tuple[str, str], list[float]] = defaultdict(list)
        for at, row in enumerate(rows(data_folder())):
            if row.source == RATINGS:
                chance = 1.0 / (1.0 + np.exp(-logits[at, self._columns[0]]))
                found[row.before, row.text].append(float(chance))
        self._stored = {key: sum(values) / len(values) for key, values in found.items()}

    def threshold(self, signal: str) -> float:
        """The value from which on the signal is taken to hold."""
        return self._reader.threshold(signal)

    def read(self, roles: Sequence[SignalRole], texts: Sequence[str]) -> SignalMatrix:
        """The readings of one chat.

        Raises:
            KeyError: a reply is in no chat that trains.
        """
        values = np.array(self._reader.read(roles, texts).values)
        before = ""
        for at, (role, text) in enumerate(zip(roles, texts, strict=True)):
            if role == "agent":
                for name in RATED:
                    values[at, column_of(name)] = self._stored[before, text]
            before = text[-BEFORE_CHARACTERS:]
        return SignalMatrix(values)

    def read_many(self, conversations: Sequence[tuple[Sequence[SignalRole], Sequence[str]]]) -> list[SignalMatrix]:
        """The same for many chats."""
        return [self.read(roles, texts) for roles, texts in conversations]


def rated_rows(framework: Framework, reader: SignalReader, member: str) -> dict[str, Rows]:
    """Rows of the criteria whose scorer reads a signal that people rated, scored 0-4 for their 1-5.

    Chats are cut by cues alone: openers are learnt after this.
    """
    unseen = UnseenRatings(reader, member)
    chats = [chat for chat in ieval_chats(data_folder() / "ieval") if not chat.held_out]
    readings = [read_session(unseen, chat.interaction.sessions[0], 0) for chat in chats]
    out: dict[str, Rows] = {}
    for name, rule in framework.signals.items():
        if not RATED & set(rule.scorer_reads):
            continue
        features = rule_features(rule)
        found = [
            (rule_chances(reading, rule, cut, cut.answers[0])[0],
             feature_readings(reading, features, cut, cut.answers[0], odds=True), chat)
            for chat, reading in zip(chats, readings, strict=True)
            for cut in cuts(reading, rule)
        ]  # fmt: skip
        out[name] = Rows(
            features,
            np.array([plain @ POINTS for plain, _, _ in found]),
            np.array([values for _, values, _ in found]),
            np.array([plain for plain, _, _ in found]),
            np.array([chat.understood - 1 for _, _, chat in found]),
            np.array([chat.task for _, _, chat in found]),
        )
    return out
