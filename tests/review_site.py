"""The facilitator's pages on a real port, and a visitor with a cookie jar."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

import httpx
from review_people import PASSWORD

from coachbot import content
from coachbot.config import ReviewSettings
from coachbot.review import serve
from coachbot.review.app import build

KEY = "a key for tests, long enough to pass"
#: Seconds in which the server must be there or gone.
DEADLINE = 20.0


@dataclass
class Clock:
    """The time as the site takes it; it stands still unless moved."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True)
class Site:
    """A site that is up."""

    url: str
    clock: Clock

    def visitor(self) -> Visitor:
        """Somebody who has never been here."""
        # Certificates play no part here, and loading them takes longer than a page.
        return Visitor(httpx.Client(base_url=self.url, timeout=DEADLINE, verify=False))

    def logged_in(self, name: str, password: str = PASSWORD) -> Visitor:
        """Somebody who has just logged in."""
        visitor = self.visitor()
        answer = visitor.log_in(name, password)
        assert answer.status_code == 303, answer.text
        return visitor


@contextmanager
def serving(database: Path, settings: ReviewSettings | None = None) -> Iterator[Site]:
    """The site on a free port of this machine, for as long as the block."""
    clock = Clock()
    shown = serve.content(content.default_dir())
    settings = settings or ReviewSettings(port=0, bot="proef_bot")
    listening = serve.listen(settings.host, settings.port)
    server = serve.server(build(database, settings, KEY, shown, clock))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        # The socket listens already, so that the first request waits for the server by itself.
        yield Site(serve.address(listening), clock)
    finally:
        server.should_exit = True
        thread.join(DEADLINE)
        assert not thread.is_alive()


@dataclass
class Visitor:
    """A browser without scripts: keeps cookies, follows nothing by itself, sends forms."""

    client: httpx.Client

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    def get(self, path: str, **more: object) -> httpx.Response:
        return self.client.get(path, **more)  # type: ignore[arg-type]

    def post(self, path: str, data: dict[str, object], **more: object) -> httpx.Response:
        """A form as it stands here: without a token unless one is given."""
        return self.client.post(path, data=data, **more)  # type: ignore[arg-type]

    def send(self, path: str, page: str = "/groepen", **fields: object) -> httpx.Response:
        """A form of `page`, with the token that stands in it."""
        return self.post(path, {"csrf": self.token(page), **fields})

    def token(self, page: str = "/groepen") -> str:
        return token(self.get(page).text)

    def log_in(self, name: str, password: str, onward: str = "") -> httpx.Response:
        csrf = self.token("/inloggen")
        fields: dict[str, object] = {"csrf": csrf, "naam": name, "wachtwoord": password}
        return self.post("/inloggen", fields | {"verder": onward})


def token(page: str) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "there is no form on this page"
    return found.group(1)


def words(page: str) -> str:
    """What stands on a page to read, without tags and with single blanks."""
    bare = re.sub(r"<(style|script|title).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())
