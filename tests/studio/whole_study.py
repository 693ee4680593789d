"""What four coders write about the shipped examples, and the hands that enter it into the pages. Synthetic.

Example 08 comes with the ratings of two invented coders; of the others a coder answers what a clinician is expected to
see (`examples/expected.yaml`), on the first words of a turn of the agent, and calls the rest not observable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from ruamel.yaml import YAML

from dtnexus.framework import Framework
from dtnexus.rating import STATEMENT, Episode, NotObservable, Rating
from dtnexus.record import read_jsonl
from dtnexus.running.demo import EXAMPLES
from dtnexus.study.acceptance import rated_by_people
from dtnexus.transcript import Interaction, Role
from tests.studio.coding_desk import choose, press, saved
from tests.studio.house import House

RATED = "client-08@steady-programme:2.3"
"""The example that comes with ratings."""
DENIES = "05-denies-being-ai"
"""The example whose agent says that it is a person."""

Sheet = list[dict[str, Any]]
"""For each criterion: its id, `marks` and `answer` as the page sends them; marks without ids and words."""

ENTERS = """
async ({ address, sheet, wholly }) => {
  const secret = JSON.parse(document.body.getAttribute("hx-headers"));
  const newId = () => crypto.randomUUID();
  const headers = { "Content-Type": "application/json", Accept: "application/json", ...secret };
  const told = async () => (await fetch(`${address}/state`, { headers: { Accept: "application/json" } })).json();
  let place = (await told()).place;
  let acknowledged = 0;
  const post = async (path, body) => {
    const answer = await fetch(`${address}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const reply = await answer.json();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(reply)}`);
    place = reply.place;
    acknowledged += 1;
  };
  for (const wanted of ["read", "mark", "rate"]) {
    await post("pass", { id: newId(), seen_version: place.version, wanted });
  }
  const { unit } = await told();
  const words = (mark) => [...unit.sessions[mark.session][mark.turn].text].slice(mark.start, mark.end).join("");
  for (const { criterion, marks, answer } of sheet) {
    let seen_version = 0;
    const act = (change) => post("actions", { id: newId(), criterion, seen_version: seen_version++, change });
    for (const one of marks) {
      await act({ kind: "put_mark", mark: { id: newId(), criterion, quote: words(one), ...one } });
    }
    if (answer) await act({ kind: "put_answer", answer });
  }
  if (wholly) await post("submit", { id: newId(), seen_version: place.version });
  return acknowledged;
}
"""
"""Sends what the coding page sends when the same is done by hand, one request after the other."""


def sheets(interaction: Interaction, framework: Framework) -> tuple[Sheet, Sheet]:
    """What the first and the second coder of an example write."""
    if interaction.id == RATED:
        said = [one for one in read_jsonl(next((EXAMPLES / "ratings").iterdir()), STATEMENT)]
        both = [
            {one.criterion: one for one in said if isinstance(one, Rating | NotObservable) and one.coder.name == name}
            for name in ("coder-a", "coder-b")
        ]
        first, second = ([_written(c.id, of.get(c.id)) for c in rated_by_people(framework)] for of in both)
        return first, second
    expected = YAML(typ="safe").load((EXAMPLES / "expected.yaml").read_text(encoding="utf-8"))["interactions"]
    known = next(one for one in expected if one["id"] == interaction.id)
    scores = {**known.get("at_least", {}), **known.get("at_most", {})}
    return _seen(interaction, framework, scores), _seen(interaction, framework, scores)


def _written(criterion: str, said: Rating | NotObservable | None) -> dict[str, Any]:
    if not isinstance(said, Rating):
        return {"criterion": criterion, "marks": [], "answer": {"kind": "not_observable"}}
    cues = [(e.session, e.cue_turn) for e in said.episodes if e.cue_turn is not None]
    missed = {"session": cues[0][0], "turn": cues[0][1]} if said.score == 1 else None
    answer = {"kind": "score", "score": said.score, "missed": missed, "rationale": said.why, "sure": "sure"}
    return {"criterion": criterion, "marks": [_mark(e) for e in said.episodes], "answer": answer}


def _mark(episode: Episode) -> dict[str, Any]:
    kept = ("session", "turn", "start", "end", "cue_turn", "agent_turn", "score", "why", "new_evidence", "position")
    return {name: getattr(episode, name) for name in kept}


def _seen(interaction: Interaction, framework: Framework, scores: Mapping[str, int]) -> Sheet:
    turns = interaction.sessions[0].turns
    client = next(turn for turn in turns if turn.role is Role.CLIENT)
    agent = next(turn for turn in turns if turn.role is Role.AGENT and turn.index > client.index)
    end = len(agent.text.split()[0])
    found: Sheet = []
    for criterion in rated_by_people(framework):
        score = scores.get(criterion.id)
        if score is None:
            found.append({"criterion": criterion.id, "marks": [], "answer": {"kind": "not_observable"}})
            continue
        mark = {"session": 0, "turn": agent.index, "start": 0, "end": end, "cue_turn": client.index}
        missed = {"session": 0, "turn": client.index} if score == 1 else None
        answer = {"kind": "score", "score": score, "missed": missed}
        found.append({"criterion": criterion.id, "marks": [{**mark, "agent_turn": agent.index}], "answer": answer})
    return found


def log_in(house: House, page: Page, address: str, login: str) -> None:
    """Through the login page."""
    page.goto(f"{address}/login")
    page.get_by_label("Login name").fill(login)
    page.get_by_label("Password").fill(house.person(login).password)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".who")).to_contain_text("Log out")


def enter(page: Page, address: str, sheet: Sheet, wholly: bool = True) -> int:
    """Send a whole sheet as the coding page would, and return how many requests were acknowledged."""
    return int(page.evaluate(ENTERS, {"address": address, "sheet": sheet, "wholly": wholly}))


def open_unit(page: Page, label: str) -> None:
    """From the queue to the words."""
    page.get_by_role("link", name=label, exact=True).click()
    page.wait_for_selector("[data-screen]")
    if page.locator("#c-begin").is_visible():
        page.click("#c-begin")
    page.wait_for_selector(".c-turn")


def mark_by_hand(page: Page, sheet: Sheet) -> None:
    """Read to the end, then select the first word of each mark's turn and choose the criterion; by keyboard."""
    page.locator("#c-read").scroll_into_view_if_needed()
    page.click("#c-read[aria-disabled=false]")
    expect(page.locator("#coding")).to_have_attribute("data-pass", "mark")
    for one in sheet:
        for mark in one["marks"]:
            page.focus(f"#c-turn-{mark['session']}-{mark['turn']}")
            press(page, "ArrowRight", "Enter", *one["criterion"].lower(), "Enter")
    page.focus("#c-to-rate")
    press(page, "Enter")
    expect(page.locator("#coding")).to_have_attribute("data-pass", "rate")


def rate_by_hand(page: Page, sheet: Sequence[dict[str, Any]]) -> None:
    """One key for each criterion."""
    for one in sheet:
        choose(page, one["criterion"])
        press(page, str(one["answer"]["score"]) if one["answer"]["kind"] == "score" else "n")


def submit_by_hand(page: Page) -> None:
    """Say that it is done, and that one is sure."""
    saved(page)
    page.click("#c-submit")
    page.locator("#c-sure").get_by_role("button", name="Submit").click()
    expect(page.locator("#c-missing-told")).to_contain_text("Submitted")


def lose_the_line(context: BrowserContext, page: Page, sheet: Sheet) -> None:
    """Rate the first half, lose the connection, rate on, and come back."""
    half = len(sheet) // 2
    rate_by_hand(page, sheet[:half])
    saved(page)
    context.set_offline(True)
    rate_by_hand(page, sheet[half:])
    expect(page.locator("#c-saved")).to_contain_text(f"Offline: {len(sheet) - half} waiting")
    context.set_offline(False)
    saved(page)
