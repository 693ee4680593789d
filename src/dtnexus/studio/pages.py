"""Pages from templates: always escaped, never with a script or a style of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from dtnexus.studio.navigation import navigation
from dtnexus.studio.static_files import STATIC

SESSION_COOKIE = "dtnexus_session"
VISITOR_COOKIE = "dtnexus_visitor"
"""What ties the forms that nobody is logged in for to the browser they were made for."""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def visible(text: str) -> str:
    """Text in which no character hides or turns others around: each stands for itself, as long as it was.

    Controls become their pictures (NUL is U+2400), what changes the direction of writing becomes U+FFFD. Spans stay
    right, since one character becomes one.
    """
    return _UNSEEN.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M UTC")


class Pages:
    """The templates of the studio."""

    def __init__(self, secure_cookies: bool = False) -> None:
        self._secure = secure_cookies
        self._templates = Environment(
            loader=PackageLoader("dtnexus.studio"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(visible=visible, moment=_moment)
        self._templates.globals.update(navigation=navigation, static=STATIC)

    def render(self, request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page or a piece of one.

        Templates find `me` (the person, or None), `csrf` (for forms) and `path` beside the values given.
        """
        state = request.state
        session = getattr(state, "session", None)
        visitor = getattr(state, "visitor", "")
        known: Mapping[str, object] = {
            "me": None if session is None else session.person,
            "csrf": visitor if session is None else session.csrf,
            "path": request.url.path,
            "inside": getattr(state, "inside", None),
        }
        text = self._templates.get_template(template).render({**known, **values})
        response = HTMLResponse(text, status)
        if session is None and visitor and request.cookies.get(VISITOR_COOKIE) != visitor:
            self.set_cookie(response, VISITOR_COOKIE, visitor, None)
        return response

    def set_cookie(self, response: Response, name: str, value: str, lasts_s: int | None) -> None:
        """Give the browser a cookie that scripts cannot read and other sites cannot send; None: until it closes."""
        response.set_cookie(
            name, value, max_age=lasts_s, httponly=True, samesite="strict", secure=self._secure, path="/"
        )


def see_other(path: str) -> RedirectResponse:
    """Go and look at another page, after a form was done."""
    return RedirectResponse(path, status_code=303)
