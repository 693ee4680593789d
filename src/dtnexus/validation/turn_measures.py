"""Sets with labels of turns: each function reads one, asks for signals, applies the rules, yields findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.signals import SignalRole
from dtnexus.validation import rules
from dtnexus.validation.bootstrap import estimate
from dtnexus.validation.finding import Finding
from dtnexus.validation.metrics import Statistic, auroc, f1, macro_f1, mean, mean_of, quadratic_kappa, spearman
from dtnexus.validation.sets import danger, empathy, judged, motivational, single_turns
from dtnexus.validation.subject import Conversation, Readings, Subject


def _single(subject: Subject, role: SignalRole, texts: Sequence[str]) -> Readings:
    """The signals of turns that stand alone."""
    conversations: list[Conversation] = [([role], [text]) for text in texts]
    return subject.readings(conversations, [(at, 0) for at in range(len(texts))])


def annomi_turns(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Therapist utterances of AnnoMI, each read after the one before it."""
    every = motivational.annomi_utterances(folder)
    turns = [(at, turn) for at, one in enumerate(every) for turn, role in enumerate(one.roles) if role == "agent"]
    said = rules.annomi_behaviour(subject.readings([(one.roles, one.texts) for one in every], turns))
    truth = [every[at].behaviours[turn] or "" for at, turn in turns]
    groups = [every[at].id for at, _ in turns]
    classes = [*rules.BEHAVIOURS, "other"]
    found = estimate(macro_f1(truth, said, classes), groups)
    yield Finding("annomi-behaviour", found, len(truth), _by_class(truth, said, classes))


def _by_class(truth: Sequence[str], said: Sequence[str], classes: Sequence[str]) -> dict[str, float]:
    ones = np.ones((1, len(truth)))
    values = {name: float(f1(np.array(truth) == name, np.array(said) == name)(ones)[0]) for name in classes}
    return {f"F1 {name}": value for name, value in values.items() if not np.isnan(value)}


def mi_gold(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Single sentences of peer support with MI codes; equal sentences are one group."""
    sentences = motivational.mi_sentences(folder)
    texts = [text for text, _ in sentences]
    readings = _single(subject, "agent", texts)
    truth, said = [rules.THREE.get(code, "other") for _, code in sentences], rules.mi_codes(readings)
    classes = ["reflection", "question", "other"]
    found = estimate(macro_f1(truth, said, classes), texts)
    yield Finding("mi-codes", found, len(texts), _by_class(truth, said, classes))
    nonadherent = [code in rules.NONADHERENT for _, code in sentences]
    yield Finding("mi-nonadherent", estimate(f1(nonadherent, rules.mi_nonadherent(readings)), texts), len(texts))


EPITOME: Final = {
    "epitome-emotional-reaction": rules.epitome_emotional_reaction,
    "epitome-interpretation": rules.epitome_interpretation,
    "epitome-exploration": rules.epitome_exploration,
}


def epitome(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Replies to posts, read after the post; the replies to one post are one group."""
    files = {row: empathy.epitome_replies(folder / name) for row, name in empathy.EPITOME.items()}
    places: dict[tuple[str, str], int] = {}
    for each in (each for replies in files.values() for each in replies):
        places.setdefault((each.post, each.reply), len(places))
    conversations: list[Conversation] = [(["client", "agent"], list(pair)) for pair in places]
    every = subject.readings(conversations, [(at, 1) for at in range(len(places))])
    for row, replies in files.items():
        own = Readings(every.values[[places[each.post, each.reply] for each in replies]], every.reader)
        truth, said = np.array([each.level for each in replies]), EPITOME[row](own)
        groups = [each.post_id for each in replies]
        present = float(f1(truth >= 1, said >= 1)(np.ones((1, len(truth))))[0])
        yield Finding(
            row, estimate(quadratic_kappa(truth, said), groups), len(replies), {"F1 of level 1 or more": present}
        )


def abceval(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Answers of open-domain bots, each read in its dialogue."""
    every = empathy.abceval_dialogues(folder)
    conversations: list[Conversation] = []
    for one in every:
        roles: list[SignalRole] = [role for _ in one.turns for role in ("client", "agent")]
        conversations.append((roles, [text for pair in one.turns for text in pair]))
    turns = [(at, 2 * turn + 1) for at, one in enumerate(every) for turn in range(len(one.turns))]
    truth = [label for one in every for label in one.empathetic]
    said = rules.abceval_empathetic(subject.readings(conversations, turns))
    yield Finding("abceval-empathetic", estimate(f1(truth, said), [every[at].id for at, _ in turns]), len(truth))


def cssrs500(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Users of a suicide forum by the risk in their posts."""
    users = danger.cssrs_users(folder)
    posts = [post for _, _, own in users for post in own]
    risk = rules.cssrs_ideation(_single(subject, "client", posts))
    starts = np.cumsum([0, *(len(own) for _, _, own in users)])[:-1]
    largest = np.maximum.reduceat(risk, starts)
    label = np.array([name for _, name, _ in users])
    ill = np.isin(label, ["Ideation", "Behavior", "Attempt"])
    kept = ill | (label == "Supportive")
    names = np.array([name for name, _, _ in users])
    found = estimate(auroc(ill[kept], largest[kept]), names[kept].tolist())
    yield Finding("cssrs500-ideation", found, int(kept.sum()))
    yield Finding("cssrs500-with-indicator", estimate(auroc(ill, largest), names.tolist()), len(names))


def rua_robot(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Questions whether one talks to a machine."""
    said = {
        label: rules.robot_question(_single(subject, "client", single_turns.robot_utterances(folder, label)))
        for label in ("pos", "neg", "amb")
    }
    both = np.concatenate([said["pos"], said["neg"]])
    truth = np.arange(len(both)) < len(said["pos"])
    yield Finding("rua-robot", estimate(f1(truth, both), [str(at) for at in range(len(both))]), len(both))
    groups = [str(at) for at in range(len(said["amb"]))]
    yield Finding("rua-robot-ambiguous", estimate(mean(said["amb"]), groups), len(groups))


def medical_safety(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Medical queries against others, and replies that treat or diagnose against the rest."""
    medical, replies = single_turns.medical_replies(folder)
    other = single_turns.other_queries(folder)
    readings = rules.medical_question(_single(subject, "client", [*medical, *other]))
    truth = np.arange(len(readings)) < len(medical)
    yield Finding("medical-question", estimate(auroc(truth, readings), [*medical, *other]), len(truth))
    conversations: list[Conversation] = [(["client", "agent"], [each.query, each.reply]) for each in replies]
    directive = rules.medical_directive(subject.readings(conversations, [(at, 1) for at in range(len(replies))]))
    found = estimate(auroc([each.grade == "3" for each in replies], directive), [each.query for each in replies])
    yield Finding("medical-directive", found, len(replies))


def mentalmanip(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Scenes of films, manipulative or not."""
    every = single_turns.scenes(folder)
    conversations: list[Conversation] = []
    turns: list[tuple[int, int]] = []
    owner: list[int] = []
    for at, (_, _, said) in enumerate(every):
        for agent in dict.fromkeys(who for who, _ in said):
            roles: list[SignalRole] = ["agent" if who == agent else "client" for who, _ in said]
            turns += [(len(conversations), turn) for turn, role in enumerate(roles) if role == "agent"]
            owner += [at] * roles.count("agent")
            conversations.append((roles, [words for _, words in said]))
    largest = np.zeros(len(every))
    np.maximum.at(largest, owner, rules.manipulation(subject.readings(conversations, turns)))
    found = estimate(auroc([label for _, label, _ in every], largest), [name for name, _, _ in every])
    yield Finding("mentalmanip-manipulative", found, len(every))


def delusion_codebook(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Worked examples of a codebook, each with the words before it where given."""
    examples = single_turns.worked_examples(folder, list(rules.DELUSION_CODES))
    turns = [(at, len(each.texts) - 1) for at, each in enumerate(examples)]
    readings = subject.readings([(each.roles, each.texts) for each in examples], turns)
    code, positive = np.array([each.code for each in examples]), np.array([each.positive for each in examples])
    parts: list[tuple[NDArray[np.bool_], Statistic]] = []
    for name, signals in rules.DELUSION_CODES.items():
        own = code == name
        values = rules.delusion_code(Readings(readings.values[own], readings.reader), signals)
        parts.append((own, auroc(positive[own], values)))
    found = estimate(mean_of(parts), [str(at) for at in range(len(examples))])
    yield Finding("delusion-codes", found, len(examples), {"codes": float(len(parts))})


def spiral_sentience(subject: Subject, folder: Path) -> Iterator[Finding]:
    """Simulated conversations by the sums of a judge model: consciousness claims."""
    every = judged.spiral_conversations(folder)
    talks = [each.interaction.sessions[0] for each in every]
    conversations: list[Conversation] = []
    turns: list[tuple[int, int]] = []
    for at, one in enumerate(talks):
        roles: list[SignalRole] = ["agent" if turn.role == "agent" else "client" for turn in one.turns]
        turns += [(at, place) for place, role in enumerate(roles) if role == "agent"]
        conversations.append((roles, [turn.text for turn in one.turns]))
    sums = np.zeros(len(every))
    np.add.at(sums, [at for at, _ in turns], rules.spiral_sentience(subject.readings(conversations, turns)))
    found = estimate(spearman([each.sentience for each in every], sums), [each.interaction.id for each in every])
    yield Finding("spiral-sentience", found, len(every))
