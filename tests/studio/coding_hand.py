"""A coder's hand without a browser: what the coding page sends, sent by a test."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi.testclient import TestClient

from dtnexus.storage import people
from dtnexus.storage.database import Database
from dtnexus.studio.pages import SESSION_COOKIE
from dtnexus.studio.settings import utc_now
from tests.studio.coding_scene import Scene

JSON = {"Accept": "application/json"}


class Hand:
    """Acts as anybody of a scene; nothing of one request is left for the next."""

    def __init__(self, client: TestClient, database: Database, scene: Scene) -> None:
        self.client = client
        self.database = database
        self.scene = scene
        self.heard: list[Any] = []

    def _as(self, who: str | None) -> None:
        self.client.cookies.clear()
        if who is not None:
            self.client.cookies.set(SESSION_COOKIE, self.scene.token[who])

    def get(self, who: str | None, path: str, headers: dict[str, str] | None = None) -> Any:
        self._as(who)
        return self.client.get(path, headers=headers, follow_redirects=False)

    def post(self, who: str | None, path: str, body: dict[str, Any], csrf: str | None = None) -> Any:
        self._as(who)
        secret = self.csrf(who) if csrf is None else csrf
        answer = self.client.post(path, json=body, headers={**JSON, "X-CSRF-Token": secret}, follow_redirects=False)
        self.heard.append(answer)
        return answer

    def csrf(self, who: str | None) -> str:
        """The secret of somebody's session; of a visitor's cookie where nobody is named."""
        if who is None:
            self.client.get("/login")
            return str(self.client.cookies.get("dtnexus_visitor"))
        with self.database.reading() as connection:
            session = people.session_of(connection, self.scene.token[who], utc_now())
        assert session is not None
        return session.csrf

    def state(self, who: str, number: int = 0) -> Any:
        return self.get(who, f"{self.scene.page(who, number)}/state", JSON).json()

    def step(self, who: str, wanted: str, number: int = 0) -> Any:
        seen = self.state(who, number)["place"]["version"]
        body = {"id": new_id(), "seen_version": seen, "wanted": wanted}
        return self.post(who, f"{self.scene.page(who, number)}/pass", body)

    def begin(self, who: str, number: int = 0) -> Any:
        return self.step(who, "read", number)

    def through(self, who: str, number: int = 0) -> None:
        """Through the passes to the third one."""
        for wanted in ("read", "mark", "rate"):
            assert self.step(who, wanted, number).status_code == 200

    def act(self, who: str, criterion: str, change: dict[str, Any], number: int = 0, **other: Any) -> Any:
        stands = self.state(who, number)["criteria"].get(criterion, {"version": 0})
        body = {"id": new_id(), "criterion": criterion, "seen_version": stands["version"], "change": change, **other}
        return self.post(who, f"{self.scene.page(who, number)}/actions", body)

    def mark(self, who: str, criterion: str, turn: int, start: int, end: int, number: int = 0, **other: Any) -> Any:
        words = self.state(who, number)["unit"]["sessions"][0][turn]["text"][start:end]
        mark = {"id": new_id(), "criterion": criterion, "session": 0, "turn": turn, "start": start, "end": end}
        return self.act(who, criterion, {"kind": "put_mark", "mark": {**mark, "quote": words, **other}}, number)

    def score(self, who: str, criterion: str, score: int, number: int = 0, **other: Any) -> Any:
        answer = {"kind": "score", "score": score, **other}
        return self.act(who, criterion, {"kind": "put_answer", "answer": answer}, number)

    def not_observable(self, who: str, criterion: str, number: int = 0) -> Any:
        return self.act(who, criterion, {"kind": "put_answer", "answer": {"kind": "not_observable"}}, number)

    def submit(self, who: str, number: int = 0) -> Any:
        seen = self.state(who, number)["place"]["version"]
        return self.post(who, f"{self.scene.page(who, number)}/submit", {"id": new_id(), "seen_version": seen})


def new_id() -> str:
    """An id as the page makes one."""
    return uuid.uuid4().hex
