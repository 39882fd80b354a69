"""The site: every route and what stands around it, wired together."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from coachbot.config import ReviewSettings
from coachbot.dialogue import Dialogue
from coachbot.review import pages_sessions
from coachbot.review.door import Door
from coachbot.review.headers import Around, TooLarge
from coachbot.review.journal import Journal
from coachbot.review.logins import Logins
from coachbot.review.look import Look
from coachbot.review.pages_groups import GroupPages
from coachbot.review.pages_login import START, LoginPages
from coachbot.review.pages_session import SessionPages
from coachbot.review.workers import Workers

#: This machine, by the names a browser on it uses.
HERE = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Content:
    """What the pages need of the dialogues: the conversation itself, and titles by name."""

    dialogue: Dialogue
    titles: Mapping[str, str]


def _now() -> datetime:
    return datetime.now(UTC)


def build(
    database: Path,
    settings: ReviewSettings,
    key: str,
    content: Content,
    clock: Callable[[], datetime] = _now,
) -> ASGIApp:
    """The whole site on one database; `key` signs the cookies."""
    look = Look()
    workers = Workers(database)
    door = Door(look, workers, Logins(settings.idle, clock))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        workers.close()

    async def failed(_: Request, error: Exception) -> Response:
        return look.error(_status(error))

    site = Starlette(
        routes=_routes(door, settings, content, clock),
        middleware=[
            Middleware(
                SessionMiddleware,
                secret_key=key,
                # With this beginning of its name a browser holds a cookie to https and this host.
                session_cookie="__Host-coachbot" if settings.https else "coachbot",
                max_age=None,
                same_site="lax",
                https_only=settings.https,
            ),
        ],
        exception_handlers={
            HTTPException: failed,
            TooLarge: failed,
            sqlite3.OperationalError: failed,
            Exception: failed,
        },
        lifespan=lifespan,
    )
    # "/groepen/" is not there; a redirect would be to whatever host was asked for.
    site.router.redirect_slashes = False
    # Outside of Starlette's own last resort, so that its page has the headers as well.
    return Journal(Around(site, look, _hosts(settings), settings.https))


def _routes(
    door: Door, settings: ReviewSettings, content: Content, clock: Callable[[], datetime]
) -> list[Route | Mount]:
    login = LoginPages(door, clock)
    session = SessionPages(content.dialogue, content.titles)
    groups = GroupPages(settings.bot)
    one, turn = "/gesprekken/{session:int}", "/gesprekken/{session:int}/beurten/{turn:int}"

    async def health(_: Request) -> Response:
        await door.workers.run(lambda store: store.db.execute("select 1").fetchone())
        return PlainTextResponse("ok\n")

    async def start(_: Request) -> Response:
        return RedirectResponse(START, 303)

    return [
        Route("/", start),
        Route("/healthz", health),
        Route("/inloggen", login.form, methods=["GET"]),
        Route("/inloggen", login.enter, methods=["POST"]),
        Route("/uitloggen", login.leave, methods=["POST"]),
        door.page("/gesprekken", pages_sessions.listing),
        door.action("/export", pages_sessions.download),
        door.page(one, session.read),
        door.page(one + "/afdruk", session.paper),
        door.page(one + "/klim.svg", session.picture),
        door.action(one + "/notities", session.note),
        door.action(one + "/notities/{note:int}/weg", session.remove_note),
        door.action(turn + "/notities", session.note),
        door.action(turn + "/lezing", session.correct),
        door.page("/groepen", groups.all),
        door.action("/groepen", groups.make),
        door.page("/groepen/{group:int}", groups.one),
        door.action("/groepen/{group:int}/sluiten", groups.close),
        Mount("/static", StaticFiles(packages=[("coachbot.review", "static")])),
    ]


def _hosts(settings: ReviewSettings) -> tuple[str, ...]:
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (*HERE, own.lower(), *settings.hosts)


def _status(error: Exception) -> int:
    match error:
        case HTTPException():
            return error.status_code
        case TooLarge():
            return 413
        case sqlite3.OperationalError():
            return 503
        case _:
            return 500
