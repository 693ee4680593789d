"""Every coder keeps the contract: the embedded one, a replay of it, and the scripted one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder, ScriptedCoder, names, resolve
from dtnexus.coding.contract import CHECKS, PLAIN, Check, coding_is_repeatable, every_interaction, interaction
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.recorded import RecordedCoder, misquoted
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.rating import NotObservable, Observation, Rating, Said
from dtnexus.transcript import Interaction, Role


def framework() -> Framework:
    return load_framework("dtn-op@0.1")


def replay() -> RecordedCoder:
    said = [each for case in every_interaction() for each in EmbeddedCoder.load("linear").code(case, framework())]
    return RecordedCoder(said)


def scripted() -> ScriptedCoder:
    return ScriptedCoder([])


CODERS: dict[str, Callable[[], Coder]] = {
    "linear": partial(EmbeddedCoder.load, "linear"),
    "encoder": partial(EmbeddedCoder.load, "encoder"),
    "recorded": replay,
    "scripted": scripted,
}


class Once:
    """A coder that says again what it said of an interaction: most checks look at the same statements."""

    def __init__(self, coder: Coder) -> None:
        self.ref, self._coder = coder.ref, coder
        self._said: dict[str, tuple[Said, ...]] = {}

    def code(self, one: Interaction, framework: Framework) -> tuple[Said, ...]:
        key = one.model_dump_json()
        if key not in self._said:
            self._said[key] = self._coder.code(one, framework)
        return self._said[key]


@cache
def once(name: str) -> Once:
    return Once(CODERS[name]())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
@pytest.mark.parametrize("name", CODERS)
def test_contract(name: str, check: Check) -> None:
    check(CODERS[name]() if check is coding_is_repeatable else once(name), framework())


def test_the_contract_notices_a_coder_that_breaks_it() -> None:
    class Silent(ScriptedCoder):
        def code(self, *_: object) -> tuple[()]:
            return ()

    with pytest.raises(AssertionError, match="none on"):
        CHECKS[0](Silent([]), framework())


def test_the_default_coder_is_known_by_name() -> None:
    assert names() == ("linear", "encoder")
    assert {resolve(name).ref.kind for name in names()} == {"embedded"}
    assert EmbeddedCoder.load().ref.name == "encoder"
    with pytest.raises(UsageError, match="coder 'oracle' is unknown; use one of linear, encoder"):
        resolve("oracle")


def test_a_replay_says_what_was_said() -> None:
    coder: Coder = EmbeddedCoder.load("linear")
    case = interaction(PLAIN, "plain")
    assert replay().code(case, framework()) == coder.code(case, framework())


WORDS = st.sampled_from(
    ["I", "want", "to", "die", "you", "are", "right", "no", "bye", "sorry", "my", "secret", "sister", "pills", ".", "?"]
    + ["\n", "I'm", "an", "AI", "love", "😀", "don't", "listen", "crisis", "line", "call", "hate", "chosen", "“", "—"]
)
TURNS = st.lists(
    st.tuples(st.sampled_from(list(Role)), st.lists(WORDS, max_size=25).map(" ".join)), min_size=1, max_size=12
)


@given(TURNS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_quote_is_the_text_at_its_span(turns: list[tuple[Role, str]]) -> None:
    case = interaction(tuple(turns))
    for said in EmbeddedCoder.load("linear").code(case, framework()):
        quotes = said.episodes if isinstance(said, Rating | NotObservable) else ()
        shown = said.evidence if isinstance(said, Observation) else ()
        for quote in (*quotes, *shown):
            assert misquoted(quote, case) is None
