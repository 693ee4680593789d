"""Practice with feedback, certification, hidden gold that nobody can tell apart, and drift."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from dtnexus.sheet import Planned
from dtnexus.storage import assignments, projects, training, units
from dtnexus.storage.database import Connection
from dtnexus.storage.units import NewUnit
from dtnexus.study.mixing import Queued, mixed
from dtnexus.study.settings import StudySettings
from tests.studio.coding_scene import conversation
from tests.studio.house import Browser, House
from tests.studio.training_room import SECRET, add_gold, member_id, queue_of, rating, submit

SCORES = (0, 1, 2, 3, 4)
RIGHT = {f"gold-{n}": {"A2": SCORES[n % 5], "G1": SCORES[(n * 2) % 5]} for n in range(15)}


def must_be_certified(house: House, **more: object) -> None:
    with house.settings.database.writing() as connection:
        body = StudySettings.model_validate({"must_be_certified": True, "seed": 1, **more}).model_dump(mode="json")
        projects.set_settings(connection, house.demo.project_id, body)


def certify(house: House, browser: Browser, off: int = 0, missed: bool = False) -> str:
    """Go through an attempt; `off` is added to every score, `missed` calls the gold zeros of G1 a one."""
    page = f"{house.project}/training"
    assert browser.fill(f"{page}/certification", on=page) == 200
    with house.settings.database.writing() as connection:
        who = member_id(connection, house, "coder-a")
        open_ = [one for one in queue_of(connection, house, who, "certification") if one.state == "open"]
        gold = {one.unit_id: units.gold_of(connection, one.unit_id) for one in open_}
        for one in open_:
            scores = {}
            for name, answer in gold[one.unit_id].items():
                right = answer.statement.score  # type: ignore[union-attr]
                wrong = 1 if missed and name == "G1" and right == 0 else min(4, max(0, right + off))
                scores[name] = wrong
            submit(connection, house, one, scores)
    return browser.get(page).text


def test_the_owner_sets_gold_and_a_coder_learns_from_it_criterion_by_criterion(house: House) -> None:
    with house.settings.database.writing() as connection:
        unit_id = next(iter(add_gold(connection, house, "practice", {"lesson": {}}).values()))
    adjudicator = house.browser("adjudicator")
    page = f"{house.project}/training/gold/{unit_id}"
    assert "I had a row with my sister" in adjudicator.get(page).text
    form = {"score": "3", "turn_1": "0.1", "words_1": "What would you like to be different", "feedback": SECRET}
    assert adjudicator.fill(f"{page}/A2", form, on=page) == 200
    assert adjudicator.fill(f"{page}/F1", {"score": "N", "feedback": "nobody asked"}, on=page) == 200
    shown = adjudicator.get(page).text
    assert SECRET in shown
    assert 'value="What would you like to be different"' in shown

    coder = house.browser("coder-a")
    mine = f"{house.project}/training"
    assert coder.fill(f"{mine}/practice", on=mine) == 200
    found = re.search(r"/training/practice/\w+", coder.get(mine).text)
    assert found is not None
    practice = f"{house.project}{found[0]}"
    warned = coder.get(practice).text
    assert "Before you read" in warned and "my sister" not in warned, "the words come after the warning"
    assert coder.fill(f"{practice}/A2", {"score": "N"}, on=practice) == 400, "and the answers after the words"
    assert coder.fill(f"{practice}/begin", on=practice) == 200
    assert "my sister" in coder.get(practice).text
    assert SECRET not in coder.get(practice).text
    assert SECRET not in coder.get(f"{practice}?criterion=A2").text, "not before the answer"
    answer = {"score": "1", "turn_1": "0.3", "words_1": "You feel unheard", "missed": "0.2"}
    assert coder.fill(f"{practice}/A2", answer, on=practice) == 200
    shown = coder.get(f"{practice}?criterion=A2").text
    assert "You said 1; the gold answer is 3." in shown
    assert "What would you like to be different" in shown
    assert SECRET in shown
    assert "You feel unheard" in shown
    assert SECRET not in coder.get(f"{practice}?criterion=F1").text
    assert coder.fill(f"{practice}/F1", {"score": "N"}, on=practice) == 200
    assert "You and the gold answer agree: N." in coder.get(f"{practice}?criterion=F1").text
    assert coder.fill(practice, on=practice) == 200
    assert "submitted" in coder.get(mine).text
    assert coder.fill(f"{practice}/F1", {"score": "N"}, on=practice) == 400, "closed"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"score": "3"}, "needs the words it rests on"),
        ({"score": "3", "turn_1": "0.1", "words_1": "never said"}, "do not stand in turn 2"),
        ({"score": "3", "words_1": "What"}, "has words and no turn"),
        ({"score": "3", "turn_1": "0.99"}, "no such turn"),
        ({"score": "7", "turn_1": "0.1"}, "0 to 4"),
    ],
)
def test_gold_without_evidence_is_refused(house: House, form: dict[str, str], told: str) -> None:
    with house.settings.database.writing() as connection:
        unit_id = next(iter(add_gold(connection, house, "gold", {"lesson": {}}).values()))
    owner = house.browser("owner")
    page = f"{house.project}/training/gold/{unit_id}"
    answer = owner.post(f"{page}/A2", data={"csrf": owner.csrf(page), **form})
    assert answer.status_code == 400
    assert told in answer.text
    with house.settings.database.reading() as connection:
        assert units.gold_of(connection, unit_id) == {}


def test_nobody_codes_before_the_certification_where_it_is_demanded(house: House) -> None:
    must_be_certified(house)
    coder = house.browser("coder-a")
    page, queue = f"{house.project}/training", f"{house.project}/queue"
    with house.settings.database.writing() as connection:
        work = queue_of(connection, house, member_id(connection, house, "coder-a"), "coding")[0]
        add_gold(connection, house, "gold", dict(list(RIGHT.items())[:14]))
    assert coder.get(f"{house.project}/code/{work.id}").status_code == 403
    assert "/code/" not in coder.get(queue).text
    assert "14 gold units; 15 are needed" in coder.get(page).text
    assert coder.fill(f"{page}/certification", on=page) == 400
    with house.settings.database.writing() as connection:
        add_gold(connection, house, "gold", dict(list(RIGHT.items())[14:]), first=15)
    shown = certify(house, coder)
    assert "You are certified." in shown
    assert "1.00" in shown
    assert coder.get(f"{house.project}/code/{work.id}").status_code == 200
    assert "/code/" in coder.get(queue).text
    assert coder.fill(f"{page}/certification", on=page) == 400, "certified already"


@pytest.mark.parametrize(("off", "missed", "why"), [(0, True, "missed a gold zero"), (2, False, "needs")])
def test_who_misses_a_zero_or_agrees_too_little_is_not_certified(
    house: House, off: int, missed: bool, why: str
) -> None:
    must_be_certified(house)
    with house.settings.database.writing() as connection:
        add_gold(connection, house, "gold", RIGHT)
    coder = house.browser("coder-a")
    shown = certify(house, coder, off, missed)
    assert "You are in training." in shown
    assert why in shown
    assert "Begin another attempt" in shown
    with house.settings.database.reading() as connection:
        who = member_id(connection, house, "coder-a")
        (attempt,) = training.attempts_of(connection, house.demo.project_id, who)
        assert attempt.passed is False
        assert all(
            unit_id not in shown for unit_id in [u.id for u in units.units_of(connection, house.demo.project_id)]
        )
    assert "You are certified." in certify(house, coder)
    with house.settings.database.reading() as connection:
        assert [each.passed for each in training.attempts_of(connection, house.demo.project_id, who)] == [False, True]
    owner = house.browser("owner").get(f"{house.project}/training/coders/{who}").text
    assert "Attempt 1" in owner
    assert "Attempt 2" in owner


def test_two_hidden_units_in_twenty_five_at_random_places() -> None:
    settings = StudySettings(seed=3)
    work = [Queued(n, begun=n < 5) for n in range(60)]
    done = mixed("p", work, 0, [f"h{n}" for n in range(9)], settings)
    places = [plan.position for plan in done.planned]
    assert [sum(5 <= p < 25 for p in places), sum(25 <= p < 50 for p in places)] == [2, 2]
    assert done.wanting == 0
    assert len({plan.unit_id for plan in done.planned}) == 4
    assert mixed("p", work, 4, ["h"], settings).planned == ()
    assert mixed("p", work, 0, ["h"], settings).wanting == 3
    assert mixed("p", [Queued(n, True) for n in range(25)], 0, ["h", "i"], settings) == ((), 0)
    own = {
        tuple(each.position for each in mixed(f"p{n}", work, 0, ["h", "i", "j", "k"], settings).planned)
        for n in range(5)
    }
    assert len(own) > 1, "everybody has places of their own"


def hidden_room(house: House) -> tuple[str, list[str], list[str]]:
    """Coder A with 50 more work units and hidden gold mixed in by the owner's pages; ids of drift and of work."""
    owner = house.browser("owner")
    files = [
        ("files", (f"h{n}.txt", f"Client: Good morning {n}.\nBot: Hello, how are you {n}?\n".encode(), "text/plain"))
        for n in range(6)
    ]
    page = f"{house.project}/training/gold"
    data = {"csrf": owner.csrf(page), "kind": "hidden_gold"}
    assert owner.post(page, data=data, files=files).status_code == 200
    with house.settings.database.writing() as connection:
        who = member_id(connection, house, "coder-a")
        more = [NewUnit(conversation(f"more-{n}"), f"U{n:04d}") for n in random.Random(1).sample(range(100, 200), 50)]
        added = units.add_units(connection, house.demo.project_id, more, house.at)
        plan = [
            Planned(unit_id=unit_id, person_id=who, position=n, overlap=False)
            for n, unit_id in enumerate(added.values())
        ]
        assignments.add_assignments(connection, house.demo.project_id, plan, house.at)
        for unit in units.units_of(connection, house.demo.project_id, ("hidden_gold",)):
            units.set_gold(connection, unit.id, [_gold(unit.id, connection)])
    owner.fill(f"{house.project}/training/mix", on=f"{house.project}/training")
    with house.settings.database.reading() as connection:
        drift = [one.id for one in queue_of(connection, house, who, "drift")]
        work = [one.id for one in queue_of(connection, house, who, "coding")]
    return who, drift, work


def _gold(unit_id: str, connection: Connection) -> units.GoldAnswer:
    words = units.interaction_of(connection, unit_id)
    return units.GoldAnswer("A2", rating(words, "A2", 2), SECRET)


def test_a_coder_cannot_tell_hidden_gold_from_work(house: House) -> None:
    _, drift, work = hidden_room(house)
    assert len(drift) >= 4
    coder = house.browser("coder-a")
    queue = coder.get(f"{house.project}/queue").text
    row = re.compile(r'<a href="[^"]*/code/(\w+)">(\w+)</a></th>(.*?)</tr>', re.DOTALL)
    rows = {name: (label, rest) for name, label, rest in row.findall(queue)}
    order = list(rows)
    assert set(drift) | set(work) == set(order)
    assert all(re.fullmatch(r"U\d{4}", label) for label, _ in rows.values())
    same = {re.sub(r"\s+", " ", rows[one][1]) for one in drift} & {re.sub(r"\s+", " ", rows[one][1]) for one in work}
    assert same, "a hidden row reads like a row of work"
    places = [order.index(one) for one in drift]
    assert max(places) < len(order) - 1 or min(places) > 0, "they do not stand together at the end"
    assert max(places) - min(places) >= len(drift)
    telling = ("gold", "drift", "hidden", "round", "kind", SECRET)
    pages = {}
    for one in (drift[0], work[-1]):
        page, state = coder.get(f"{house.project}/code/{one}"), coder.get(f"{house.project}/code/{one}/state")
        for word in telling:
            assert word not in state.text.casefold(), word
        label = rows[one][0]
        blank = page.text.replace(one, "ID").replace(label, "LABEL")
        blank = re.sub(r"\d+ turns of the client, about \d+ words", "", blank)
        keys = sorted(state.json())
        pages[one] = (blank, keys)
    assert pages[drift[0]] == pages[work[-1]], "but for label and length both pages are the same"
    for path in ("training", "training/gold", "training/gold/x", f"training/coders/{drift[0]}"):
        assert SECRET not in coder.get(f"{house.project}/{path}").text


def test_labels_of_hidden_gold_lie_among_those_of_work(house: House) -> None:
    owner = house.browser("owner")
    made = owner.post("/projects/new", data={"csrf": owner.csrf("/"), "name": "Labels", "framework": "dtn-op@0.1"})
    project = str(made.url.path)

    def bring(path: str, name: str, count: int, **fields: str) -> None:
        files = [
            ("files", (f"{name}{n}.txt", f"Client: {name} {n} here.\nBot: Hello {n}?\n".encode(), "text/plain"))
            for n in range(count)
        ]
        assert owner.post(f"{project}/{path}", data={"csrf": owner.csrf("/"), **fields}, files=files).status_code == 200

    bring("import", "work", 50)
    bring("training/gold", "hidden", 4, kind="hidden_gold")
    bring("training/gold", "gold", 2, kind="gold")
    with house.settings.database.reading() as connection:
        labels = {
            kind: [unit.label for unit in units.units_of(connection, project.removeprefix("/p/"), (kind,))]
            for kind in ("work", "hidden_gold", "gold")
        }
    assert labels["gold"] == ["G0001", "G0002"]
    assert len(labels["hidden_gold"]) == 4
    assert sorted(labels["work"] + labels["hidden_gold"]) == [f"U{n:04d}" for n in range(1, 55)]
    assert labels["hidden_gold"] != [f"U{n:04d}" for n in range(51, 55)]


def test_a_coder_who_drifts_is_paused_and_the_chart_says_why(house: House) -> None:
    must_be_certified(house)
    with house.settings.database.writing() as connection:
        add_gold(connection, house, "gold", RIGHT)
    coder = house.browser("coder-a")
    certify(house, coder)
    house.wait(timedelta(minutes=1))
    with house.settings.database.writing() as connection:
        who = member_id(connection, house, "coder-a")
        hidden = add_gold(connection, house, "hidden_gold", {f"h-{n}": {"A2": n % 4, "A1": 1} for n in range(5)})
        plan = [
            Planned(unit_id=unit_id, person_id=who, position=n, overlap=False)
            for n, unit_id in enumerate(hidden.values())
        ]
        assignments.add_assignments(connection, house.demo.project_id, plan, house.at, round_="drift")
        for n, one in enumerate(queue_of(connection, house, who, "drift")):
            right = units.gold_of(connection, one.unit_id)
            wrong = {c: g.statement.score + 1 for c, g in right.items()}  # type: ignore[union-attr]
            submit(connection, house, one, {**wrong, "A1": None} if n == 4 else wrong)
    shown = coder.get(f"{house.project}/training").text
    assert "paused until you pass the certification again" in shown
    assert "hidden" not in shown.replace('type="hidden"', "")
    assert "/code/" not in coder.get(f"{house.project}/queue").text
    owner = house.browser("owner").get(f"{house.project}/training/coders/{who}").text
    assert "<svg" in owner
    assert len(re.findall("<circle", owner)) == 9
    assert len(re.findall('data-label="Error">\\+1', owner)) == 9, "a table beside the drawing"
    assert "met “not observable”" in owner
    assert "mean signed error +1.00" in owner
    assert "style=" not in owner
    for login in ("coder-a", "adjudicator", "viewer"):
        assert house.browser(login).get(f"{house.project}/training/coders/{who}").status_code == 403
    house.wait(timedelta(minutes=1))
    assert "You are certified." in certify(house, coder), "a new certification opens the queue again"


def test_a_certification_lasts_a_year(house: House) -> None:
    with house.settings.database.writing() as connection:
        add_gold(connection, house, "gold", RIGHT)
    certify(house, house.browser("coder-a"))
    house.wait(timedelta(days=366))
    assert "more than a year old" in house.browser("coder-a").get(f"{house.project}/training").text


def test_the_owner_decides_by_hand_with_a_reason_and_sets_the_rules(house: House) -> None:
    owner = house.browser("owner")
    with house.settings.database.reading() as connection:
        who = member_id(connection, house, "coder-b")
    page = f"{house.project}/training/coders/{who}"
    assert owner.fill(f"{page}/standing", {"standing": "certified", "because": " "}, on=page) == 400
    assert owner.fill(f"{page}/standing", {"standing": "certified", "because": "long known"}, on=page) == 200
    assert "long known" in owner.get(page).text
    rules = f"{house.project}/training"
    assert owner.fill(f"{rules}/rules", {"every": "0", "each": "2"}, on=rules) == 400
    form = {"every": "10", "each": "1", "must": "true", "warned": "3"}
    assert owner.fill(f"{rules}/rules", form, on=rules) == 200
    assert "/code/" in house.browser("coder-b").get(f"{house.project}/queue").text
    assert "/code/" not in house.browser("coder-c").get(f"{house.project}/queue").text
    queue = house.browser("coder-b").get(f"{house.project}/queue").text
    assert "0 of at most 3 units with a content warning" in queue


@pytest.mark.parametrize(("login", "status"), [("coder-a", 403), ("viewer", 403), ("adjudicator", 200), ("owner", 200)])
def test_who_may_set_gold(house: House, login: str, status: int) -> None:
    with house.settings.database.writing() as connection:
        unit_id = next(iter(add_gold(connection, house, "hidden_gold", {"x": {"A2": 1}}).values()))
    browser = house.browser(login)
    assert browser.get(f"{house.project}/training/gold").status_code == status
    assert browser.get(f"{house.project}/training/gold/{unit_id}").status_code == status
    with house.settings.database.reading() as connection:
        work = units.units_of(connection, house.demo.project_id)[0].id
    assert browser.get(f"{house.project}/training/gold/{work}").status_code == (404 if status == 200 else 403)
