"""What stands around every page: which names the site answers to, how large a form may be, and
the headers that keep a browser from doing more with a page than showing it.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coachbot.review.look import Look

#: Bytes of a form, far above the longest note; characters of a path, far above any of ours.
LARGEST, LONGEST_PATH = 64 * 1024, 500

SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # A form's Origin would be "null" with no-referrer; nothing leaves the site either way.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class Around:
    """The outermost layer: unknown hosts and large bodies stop here, headers go on everything."""

    def __init__(self, app: ASGIApp, look: Look, hosts: Collection[str], https: bool) -> None:
        self.app = app
        self.look = look
        self.hosts = frozenset(hosts)
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._protect(scope, MutableHeaders(scope=message))
            await send(message)

        headers = Headers(scope=scope)
        # What is said to be long is refused unread; what is long all the same, while it is read.
        if _name(headers.get("host", "")) not in self.hosts:
            refused = 421
        elif len(scope["path"]) > LONGEST_PATH:
            refused = 404
        elif len(headers.get("content-length", "")) > len(str(LARGEST)):
            refused = 413
        else:
            await self.app(scope, _limited(receive), sending)
            return
        await self.look.error(refused)(scope, receive, sending)

    def _protect(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in SAFE.items():
            headers.setdefault(name, value)
        if not scope["path"].startswith("/static/"):
            headers["Cache-Control"] = "no-store"
        if self.https:
            headers["Strict-Transport-Security"] = "max-age=31536000"


class TooLarge(Exception):
    """A body that goes on past `LARGEST`, whatever its length was said to be."""


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST:
            raise TooLarge
        return message

    return limited


def _name(host: str) -> str:
    """ "Example.org:8000" -> "example.org", "[::1]:8000" -> "[::1]"."""
    name = host.lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]
