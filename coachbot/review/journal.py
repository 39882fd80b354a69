"""A line in the log for every request: what kind of page, how it went, how long it took.

The path is written as its pattern and the question not at all: a search holds people's words.
"""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coachbot.telegram.logs import event


class Journal:
    """The layer that writes the lines."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            route = scope.get("route")
            event(
                logging.WARNING if status >= 500 else logging.INFO,
                "request",
                method=scope["method"] if scope["method"].isalpha() else "?",
                path=getattr(route, "path", "-"),
                status=status,
                ms=round(1000 * (time.perf_counter() - began)),
            )
