"""The site on a port, until it is told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from coachbot import content as dialogues
from coachbot import content_all
from coachbot.config import ReviewSettings, SettingError
from coachbot.review import key
from coachbot.review.app import Content, build

#: Seconds that pages under way get to finish when the site stops.
FINISH = 5


def content(folder: Path) -> Content:
    """What the pages show of the dialogues of a folder; raises `ContentError` on a mistake."""
    material = content_all.material(folder)
    titles = {kind.name: kind.title for kind in material.practice.kinds}
    titles |= {one.name: one.title for one in material.sparring.scenarios}
    return Content(dialogues.load(folder)["gesprek"], titles)


def run(
    database: Path, settings: ReviewSettings, shown: Content, started: Callable[[str], None]
) -> None:
    """Serves until SIGTERM or Ctrl-C; `started` is told the address once it is taken.

    Raises `SettingError` when the port cannot be had or the key cannot be kept.
    """
    app = build(database, settings, key.load(settings.secret, database), shown)
    listening = listen(settings.host, settings.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again once it is done; being told to stop is no fault.
        signal.signal(number, lambda *_: None)
    started(address(listening))
    server(app).run(sockets=[listening])


def server(app: ASGIApp) -> uvicorn.Server:
    """The server of `app`, quiet: its own lines hold whole addresses, and so people's searches."""
    return uvicorn.Server(
        uvicorn.Config(
            # The same thing in the two libraries, under two names.
            cast(Any, app),
            access_log=False,
            log_config=None,
            server_header=False,
            # What a proxy says of the outside is of no use here: the cookie follows the setting.
            proxy_headers=False,
            timeout_graceful_shutdown=FINISH,
            ws="none",
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket on this address; `SettingError` when it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingError(f"--port: {host}:{port} cannot be used ({error.strerror})") from error


def address(listening: socket.socket) -> str:
    """Where a browser finds it: "http://127.0.0.1:8000"."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
