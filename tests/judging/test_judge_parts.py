"""The parts that decide what leaves, what it may cost and what is kept, each alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtnexus.coding.contract import CHECKS, Check
from dtnexus.coding.judge.call import Reply
from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.errors import UsageError
from dtnexus.judging.budget import Budget, Limits
from dtnexus.judging.coder import JudgeCoder
from dtnexus.judging.delivery import Parameters, Usage
from dtnexus.judging.patience import Patience
from dtnexus.judging.prices import Price, Prices
from dtnexus.judging.store import ReplyStore, StoredReply
from dtnexus.judging.target import on_this_machine, targets_of
from tests.coding.judge.scenes import framework, talk

NAME = "openai/m"
PRICES = Prices(currency="EUR", per_tokens=1_000_000, models={NAME: Price(input=1.0, output=10.0)})


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("LOCALHOST.", True), ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True),
        ("127.0.0.1.example.org", False), ("localhost.example.org", False), ("0.0.0.0", False), ("10.0.0.1", False),
        ("192.168.1.4", False), ("example.org", False), ("", False), ("::ffff:8.8.8.8", False), ("2130706433", False),
    ],
)  # fmt: skip
def test_only_the_loopback_interface_is_this_machine(host: str, here: bool) -> None:
    assert on_this_machine(host) is here


@pytest.mark.parametrize(
    ("coder", "url", "host", "here"),
    [
        ("judge:openai/gpt-4.1", None, "api.openai.com", False),
        ("judge:anthropic/claude-x", None, "api.anthropic.com", False),
        ("judge:ollama/llama3:8b", None, "localhost:11434", True),
        ("judge:openai/org/model-1", "http://[::1]:8000/v1/", "[::1]:8000", True),
        ("judge:openai/m", "openai/m=https://gpu.example.org/v1", "gpu.example.org", False),
    ],
)
def test_where_a_judge_is_reached(coder: str, url: str | None, host: str, here: bool) -> None:
    (target,) = targets_of([coder, "linear"], [] if url is None else [url])
    assert (f"judge:{target.name}", target.host, target.is_loopback) == (coder, host, here)


def test_a_reply_is_kept_under_call_model_and_parameters() -> None:
    one, other = targets_of(["judge:openai/a", "judge:openai/b"], ["http://127.0.0.1:1/v1"])
    moved = targets_of(["judge:openai/a"], ["http://127.0.0.1:2/v1"])[0]
    warm = Parameters(temperature=1.0)
    keys = [
        one.key_of("0", Parameters()),
        other.key_of("0", Parameters()),
        one.key_of("0", warm),
        one.key_of("1", warm),
    ]
    assert len(set(keys)) == 4
    assert moved.key_of("0", Parameters()) == keys[0]


# --- waiting ------------------------------------------------------------------------------------------------------


@given(st.text(max_size=8), st.integers(0, 12))
def test_waits_double_up_to_the_longest_with_jitter_from_the_seed(seed: str, retries: int) -> None:
    patience = Patience(retries=retries, first=1.0, longest=20.0)
    waits = list(patience.waits(seed))
    assert waits == list(patience.waits(seed))
    assert len(waits) == retries
    for attempt, wait in enumerate(waits):
        whole = min(20.0, 2.0**attempt)
        assert whole / 2 <= wait <= whole


def test_seeds_wait_differently() -> None:
    firsts = {next(Patience().waits(str(seed))) for seed in range(50)}
    assert len(firsts) > 40


@pytest.mark.parametrize(("own", "asked", "wait"), [(1, None, 1), (1, 7, 7), (9, 7, 9), (1, 300, 300), (1, 301, None)])
def test_what_a_server_asks_for_is_obeyed_or_the_call_is_given_up(own: float, asked: float, wait: float) -> None:
    assert Patience().wait(own, asked) == wait


# --- limits -------------------------------------------------------------------------------------------------------


@given(
    st.floats(0, 0.5),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 6000), st.booleans()), max_size=40),
)
def test_a_limit_of_cost_holds_whatever_comes_back_within_what_was_reckoned(
    limit: float, outcomes: list[tuple[int, int, bool]]
) -> None:
    call = JudgeSession(talk(), framework(), JudgeSettings()).first_calls()[0]
    parameters = Parameters()
    budget = Budget(Limits(cost=limit), PRICES, parameters)
    spent = 0.0
    for tokens_in, tokens_out, at_once in outcomes:
        tickets = [ticket for ticket in (budget.admit(NAME, call) for _ in range(1 + at_once)) if ticket is not None]
        for ticket in tickets:
            usage = Usage(min(tokens_in, call.input_tokens), min(tokens_out, parameters.room(call)))
            budget.settle(ticket, usage)
            spent += PRICES.cost(NAME, usage.input_tokens or 0, usage.output_tokens or 0)
    assert spent <= limit + 1e-9
    assert budget.cost == pytest.approx(spent, abs=1e-9)


def test_what_may_have_been_billed_counts_in_full_and_what_was_refused_not() -> None:
    call = JudgeSession(talk(), framework(), JudgeSettings()).first_calls()[0]
    budget = Budget(Limits(calls=2), PRICES, Parameters())
    first, second = budget.admit(NAME, call), budget.admit(NAME, call)
    assert first is not None
    assert second is not None
    assert budget.admit(NAME, call) is None
    budget.settle(first, None)
    assert budget.cost == pytest.approx(second.reserved)
    budget.settle(second, Usage())
    assert budget.cost == pytest.approx(second.reserved, rel=1e-3)


def test_a_limit_of_cost_needs_prices_of_every_judge() -> None:
    with pytest.raises(UsageError, match="--prices"):
        Budget(Limits(cost=1), None, Parameters())
    with pytest.raises(UsageError, match="no price for openai/other"):
        PRICES.cost("openai/other", 1, 1)


# --- what is kept -------------------------------------------------------------------------------------------------


def stored(number: int, text: str = "x", cause: str | None = None) -> StoredReply:
    kind = "text" if cause is None else "failure"
    reply = Reply.model_validate(
        {"call": "w1-g1-r1-a1", "kind": kind, "text": text if cause is None else "", "cause": cause}
    )
    return StoredReply(
        key=f"{number:064x}", judge=NAME, model="m", libraries={}, input_tokens=1, output_tokens=1, reply=reply
    )


def test_replies_are_found_again_the_later_one_holds_and_rubbish_is_none(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "replies.jsonl"
    with ReplyStore(path) as store:
        assert store.get("0" * 64) is None
        for number in range(5):
            store.add(stored(number, f"text {number} ü"))
        store.add(stored(2, "later"))
        found = store.get(f"{2:064x}")
        assert found is not None
        assert found.reply.text == "later"
    whole = path.read_bytes()
    for cut in range(1, 60):
        path.write_bytes(whole[:-cut])
        with ReplyStore(path) as store:
            before = store.get(f"{2:064x}")
            assert before is not None
            assert before.reply.text == "text 2 ü"
            store.add(stored(9, "after"))
        again = ReplyStore(path)
        assert (again.get(f"{9:064x}"), again.get(f"{4:064x}")) == (stored(9, "after"), stored(4, "text 4 ü"))
    path.write_bytes(whole[:200] + b"\0" * 100 + b"\n" + b'{"key":"' + b"1" * 64 + b'","judge":7}\n')
    assert ReplyStore(path).get("1" * 64) is None


@pytest.mark.parametrize(
    ("cause", "final"),
    [
        (None, True),
        ("refused", True),
        ("truncated", True),
        ("timeout", False),
        ("rate_limited", False),
        ("error", False),
    ],
)
def test_only_what_the_model_said_is_final(cause: str | None, final: bool, tmp_path: Path) -> None:
    with ReplyStore(tmp_path / "replies.jsonl") as store:
        store.add(stored(1, cause=cause))
        assert (store.final(f"{1:064x}") is not None) is final
        assert store.get(f"{1:064x}") is not None


# --- the coder ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
def test_contract_of_a_judge_that_was_never_asked(check: Check) -> None:
    (target,) = targets_of(["judge:openai/m"], [])
    check(JudgeCoder(target, framework(), JudgeSettings(), Parameters()), framework())


def test_pairs_of_waits_never_shrink_below_half() -> None:
    waits = list(Patience(retries=6).waits("seed"))
    assert all(later >= earlier / 2 for earlier, later in pairwise(waits))
