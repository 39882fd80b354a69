"""Logging in and out. The only pages, with `/healthz`, that somebody without a login reaches."""

from __future__ import annotations

import asyncio
import math
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from coachbot.review.door import Door, check_token, clean, read_form
from coachbot.store_facilitators import Accounts, Login

#: Longer is not looked at: hashing a novel costs time.
MOST_CHARACTERS = 1_000
START = "/gesprekken"
#: Passwords waiting to be checked. One is checked at a time: it costs a core, and nobody gets more
#: tries by sending them together.
QUEUE = 20


class LoginPages:
    """The form, its answer, and the way out."""

    def __init__(self, door: Door, clock: Callable[[], datetime]) -> None:
        self.door = door
        self.clock = clock
        self._one = asyncio.Lock()
        self._waiting = 0

    async def form(self, request: Request) -> Response:
        """The form; somebody who is logged in goes on to the sessions."""
        if self.door.logins.find(request.session.get("login")):
            return RedirectResponse(START, 303)
        onward = _onward(request.query_params.get("verder", ""))
        late = "verlopen" in request.query_params
        return self._show(request, onward, "verlopen" if late else "")

    async def enter(self, request: Request) -> Response:
        """Checks name and password; a wrong pair and a name that is unknown look the same."""
        form = await read_form(request)
        check_token(form, request.session.get("csrf") or secrets.token_urlsafe())
        name, password, onward = _given(form)
        if not name or not password:
            return self._show(request, onward, "leeg", 422, name)

        login = await self._check(name, password)
        if login.wait is not None:
            minutes = math.ceil(login.wait / timedelta(minutes=1))
            page = self._show(request, onward, "wachten", 429, name, minutes)
            page.headers["Retry-After"] = str(minutes * 60)
            return page
        if login.facilitator is None:
            return self._show(request, onward, "onjuist", 401, name)
        # A new number at login: one that was planted before is worth nothing.
        self.door.logins.end(request.session.get("login"))
        request.session.clear()
        request.session["login"] = self.door.logins.begin(login.facilitator.id)
        return RedirectResponse(onward, 303)

    async def _check(self, name: str, password: str) -> Login:
        if self._waiting >= QUEUE:
            raise HTTPException(429)
        self._waiting += 1
        try:
            async with self._one:
                return await self.door.workers.run(
                    lambda store: Accounts(store, self.clock).check(name, password)
                )
        finally:
            self._waiting -= 1

    async def leave(self, request: Request) -> Response:
        """Ends the login here, not only in the browser."""
        login = self.door.logins.find(request.session.get("login"))
        if login is not None:
            check_token(await read_form(request), login.csrf)
            self.door.logins.end(request.session.get("login"))
        request.session.clear()
        return RedirectResponse("/inloggen?uit=1", 303)

    def _show(
        self,
        request: Request,
        onward: str,
        problem: str,
        status: int = 200,
        typed: str = "",
        minutes: int = 0,
    ) -> Response:
        csrf = request.session.setdefault("csrf", secrets.token_urlsafe(32))
        return self.door.look.page(
            "login.html",
            status,
            name=None,
            csrf=csrf,
            onward=onward,
            problem=problem,
            minutes=minutes,
            typed=typed,
            left="uit" in request.query_params,
        )


def _given(form: ImmutableMultiDict[str, str]) -> tuple[str, str, str]:
    name = clean(form.get("naam", ""))[:MOST_CHARACTERS]
    # A password is taken as it was typed: every character counts.
    password = form.get("wachtwoord", "")[:MOST_CHARACTERS]
    return name, password, _onward(form.get("verder", ""))


def _onward(given: str) -> str:
    """A path of this site, or the sessions: a link may not send somebody elsewhere."""
    return given if re.fullmatch(r"/[\w-][\w/?&=%+.:-]{0,500}", given, re.ASCII) else START
