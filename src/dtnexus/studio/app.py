"""The application: routers, access, and what a person sees when something is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from dtnexus.errors import DtnexusError
from dtnexus.studio.access import LoginWantedError, no_forgery
from dtnexus.studio.pages import see_other
from dtnexus.studio.routes import (
    account,
    adjudication,
    agreement,
    auditing,
    browse,
    coding,
    drop,
    entering,
    exchange,
    health,
    home,
    importing,
    people,
    planning,
    preferring,
    projects,
    results,
    training,
    training_gold,
    training_practice,
    withdrawing,
)
from dtnexus.studio.security import LimitedBodies, SecureHeaders
from dtnexus.studio.settings import StudioSettings
from dtnexus.studio.state import Studio, studio_of
from dtnexus.studio.static_files import FOLDER, STATIC

ROUTERS = (
    health.router,
    entering.router,
    home.router,
    projects.router,
    people.router,
    importing.router,
    planning.router,
    coding.router,
    adjudication.router,
    results.router,
    agreement.router,
    browse.router,
    auditing.router,
    drop.router,
    withdrawing.router,
    training_practice.router,
    training_gold.router,
    training.router,
    preferring.router,
    exchange.router,
    account.router,
)
"""One for each area; a new one is added here and nowhere else."""


def make_app(settings: StudioSettings) -> FastAPI:
    """The studio as an ASGI application. No page describes the interface to machines; there is none."""
    studio = Studio(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        studio.desk.open()
        yield
        await run_in_threadpool(studio.desk.close)

    app = FastAPI(
        title="dtnexus studio",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(no_forgery)],
        lifespan=lifespan,
    )
    app.state.studio = studio
    app.mount(STATIC, StaticFiles(directory=FOLDER), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(LoginWantedError, _login_wanted)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(DtnexusError, _mistaken)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_middleware(LimitedBodies, limit=settings.upload_bytes)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    app.add_middleware(SecureHeaders, tls=settings.secure_cookies)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    return app


def wants_json(request: Request) -> bool:
    """Whether a script asks and wants no page."""
    return "application/json" in request.headers.get("accept", "")


async def _login_wanted(request: Request, error: Exception) -> Response:
    assert isinstance(error, LoginWantedError)
    if wants_json(request):
        return JSONResponse({"told": "You are logged out. Log in again in another tab; nothing is lost."}, 401)
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": error.login_page})
    return see_other(error.login_page)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = error.detail if error.status_code != 404 else "There is no such page."
    return _told(request, error.status_code, told)


async def _mistaken(request: Request, error: Exception) -> Response:
    return _told(request, 400, str(error))


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = sorted({".".join(str(part) for part in fault["loc"][1:]) for fault in error.errors()})
    return _told(request, 422, f"These fields are missing or not as wanted: {', '.join(fields) or 'the form'}.")


def _told(request: Request, status: int, told: str) -> Response:
    if wants_json(request):
        return JSONResponse({"told": told}, status)
    return studio_of(request).pages.render(request, "told.html.j2", status, told=told, status_code=status)
