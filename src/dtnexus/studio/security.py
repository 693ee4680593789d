"""What holds for every answer: where scripts may come from, how much may be sent, what no cache keeps."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dtnexus.studio.pages import SESSION_COOKIE
from dtnexus.studio.static_files import KEPT, STATIC

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Our own files only; no script or style inside a page; nobody may frame us."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
"""Behind TLS: the browser does not come without it again."""
_STRANGERS_LIMIT = 64 * 1024


class SecureHeaders:
    """Adds the headers to every answer; only static files that are there may be kept by a browser."""

    def __init__(self, app: ASGIApp, tls: bool = False) -> None:
        self._app = app
        self._headers = {**HEADERS, **(TLS_ONLY if tls else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = KEPT if scope["path"].startswith(f"{STATIC}/") else "no-store"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                cached = kept if message["status"] in (200, 304) else "no-store"
                for name, value in {**self._headers, "Cache-Control": cached}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)


class LimitedBodies:
    """Refuses a request that carries more than the limit, as soon as it is known to.

    Whoever shows no session may send a login form and no more.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what it carries."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = SESSION_COOKIE in Headers(scope=scope).get("cookie", "")
        limit = self._limit if known else min(self._limit, _STRANGERS_LIMIT)
        met = 0

        async def counting() -> Message:
            nonlocal met
            message = await receive()
            met += len(message.get("body", b""))
            if met > limit:
                raise HTTPException(413, f"Too much at once: at most {limit // 1024} KiB. Send fewer files.")
            return message

        await self._app(scope, counting, send)
