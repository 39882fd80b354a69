"""The one way in: a page needs a login, an action a login and the form's own token.

A handler is a plain function from a `Visit` to a response. It runs in a worker thread; what it may
not see it is never handed.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from coachbot.review.logins import Login, Logins
from coachbot.review.look import Look
from coachbot.review.workers import Workers
from coachbot.store import Store
from coachbot.store_facilitators import Accounts, Facilitator

#: Fields of the largest form, with room to spare.
FIELDS = 40
#: SQLite's largest row number.
LARGEST_ROW = 2**63 - 1
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is logged in."""

    store: Store
    look: Look
    facilitator: Facilitator
    csrf: str
    path: str
    numbers: dict[str, int]
    query: ImmutableMultiDict[str, str]
    form: ImmutableMultiDict[str, str]

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A page with what every page shows: who is logged in, and the token of its forms."""
        done = self.query.get("gedaan", "")
        shared = {"name": self.facilitator.name, "csrf": self.csrf, "done": done, "at": self.path}
        return self.look.page(template, status, **(shared | values))


Handler = Callable[[Visit], Response]


class Door:
    """Makes routes out of handlers."""

    def __init__(self, look: Look, workers: Workers, logins: Logins) -> None:
        self.look = look
        self.workers = workers
        self.logins = logins

    def page(self, path: str, handler: Handler) -> Route:
        """A page to look at."""

        async def endpoint(request: Request) -> Response:
            login = self.logins.find(request.session.get("login"))
            if login is None:
                return self._to_login(request)
            return await self._visit(request, login, handler, ImmutableMultiDict())

        return Route(path, endpoint, methods=["GET"])

    def action(self, path: str, handler: Handler) -> Route:
        """Something to do, from a form of ours."""

        async def endpoint(request: Request) -> Response:
            login = self.logins.find(request.session.get("login"))
            if login is None:
                return self._to_login(request)
            form = await read_form(request)
            check_token(form, login.csrf)
            return await self._visit(request, login, handler, form)

        return Route(path, endpoint, methods=["POST"])

    async def _visit(
        self,
        request: Request,
        login: Login,
        handler: Handler,
        form: ImmutableMultiDict[str, str],
    ) -> Response:
        numbers = {name: _row(value) for name, value in request.path_params.items()}

        def work(store: Store) -> Response | None:
            facilitator = Accounts(store).get(login.facilitator)
            if facilitator is None:
                return None
            visit = Visit(
                store,
                self.look,
                facilitator,
                login.csrf,
                request.url.path,
                numbers,
                request.query_params,
                form,
            )
            return handler(visit)

        response = await self.workers.run(work)
        if response is None:
            # Removed while logged in: out at once.
            self.logins.end(request.session.get("login"))
            return self._to_login(request)
        return response

    def _to_login(self, request: Request) -> Response:
        """To the login page, and from there to where it was asked for."""
        if request.method == "POST":
            # No redirect: what was typed is one step back in the browser, and stays there.
            raise HTTPException(401)
        late = "login" in request.session
        request.session.pop("login", None)
        onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        more = "&verlopen=1" if late else ""
        return RedirectResponse(f"/inloggen?verder={quote(onward)}{more}", 303)


async def read_form(request: Request) -> ImmutableMultiDict[str, str]:
    """The text fields of a form; anything else than a plain form is refused (415)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(415)
    data = await request.form(max_fields=FIELDS)
    return ImmutableMultiDict(
        [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
    )


def check_token(form: ImmutableMultiDict[str, str], token: str) -> None:
    """Refuses (403) a form that this login was not given."""
    if not hmac.compare_digest(form.get("csrf", "").encode(), token.encode()):
        raise HTTPException(403)


def clean(text: str) -> str:
    """What somebody typed, in one spelling, without control characters; line ends are "\\n"."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNSEEN).strip()


#: Control characters and halves of pairs, which no database column should hold.
_UNSEEN = ("Cc", "Cs")


def _row(value: int) -> int:
    if value > LARGEST_ROW:
        raise HTTPException(404)
    return value
