"""The real bot as a process of its own, and what a test does with it."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from telegram_server import TOKEN, WAIT, Server

from coachbot import content

ROOT = Path(__file__).parent.parent


def environment(server: Server, db: Path, **settings: str) -> dict[str, str]:
    """What the bot finds around it: this server, this database, nothing of the machine's own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COACHBOT_")}
    paths = [str(ROOT), kept.get("PYTHONPATH", "")]
    return kept | {
        "COACHBOT_TOKEN": TOKEN,
        "COACHBOT_TELEGRAM_API": server.url,
        "COACHBOT_DB": str(db),
        "COACHBOT_SENDS_PER_SECOND": "0",
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        **settings,
    }


class Bot:
    """`coachbot telegram`, started when the context is entered and stopped when it is left."""

    def __init__(self, server: Server, db: Path, *options: str, **settings: str) -> None:
        self.server = server
        self.db = db
        self.options = options
        self.env = environment(server, db, **settings)
        self.log: list[str] = []

    def __enter__(self) -> Bot:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coachbot", "telegram", *self.options],
            env=self.env,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line.rstrip("\n"))

    def __exit__(self, *args: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT)
        self.reader.join(WAIT)

    def started(self) -> Bot:
        """Waits until it polls (or has its webhook)."""
        self.server.wait_for(lambda: any("started" in line for line in self.log))
        return self

    def stop(self, seconds: float = 10.0) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.reader.join(WAIT)
        return code


class Forks:
    """Bots that start at once: a process loads the pipeline and forks a bot for each order.

    What runs in the fork is the whole bot on its own database file; only the second that loading
    takes is left out, so that it can be killed and started a hundred times.
    """

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("telegram_forks.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # One thread for matrices, as the command line sets it: a fork carries no other threads.
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "OPENBLAS_NUM_THREADS": "1"},
        )

    def order(self, **what: Any) -> int:
        """Gives an order; returns the number that is answered."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        """No more bots."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(WAIT)


class ForkedBot(Bot):
    """A bot that starts at once."""

    def __init__(
        self, forks: Forks, server: Server, db: Path, *options: str, **settings: str
    ) -> None:
        super().__init__(server, db, *options, **settings)
        self.forks = forks
        self.file = db.with_suffix(".log")
        self.code: int | None = None

    def __enter__(self) -> ForkedBot:
        self.file.write_text("")
        env = {key: value for key, value in self.env.items() if key.startswith("COACHBOT_")}
        self.pid = self.forks.order(env=env, options=list(self.options), log=str(self.file))
        return self

    def __exit__(self, *args: object) -> None:
        if self.code is None:
            self.kill()

    def started(self) -> ForkedBot:
        """Waits until it polls (or has its webhook)."""
        self.server.wait_for(lambda: " started" in self.file.read_text())
        return self

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Waits for its end; returns the exit code, or minus the signal."""
        self.code = self.forks.order(wait=self.pid)
        self.log = self.file.read_text().splitlines()
        return self.code

    def stop(self, seconds: float = 10.0) -> int:
        """SIGTERM; returns the exit code."""
        since = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        code = self.wait()
        assert time.monotonic() - since < seconds
        return code


class Person:
    """Somebody with a phone. Everything they do waits for the answer, unless told otherwise."""

    def __init__(self, server: Server, chat: int) -> None:
        self.server = server
        self.chat = chat
        self.seen = 0

    def say(self, text: str, answers: int = 1, **more: Any) -> list[str]:
        """Types, and returns what came back."""
        self.server.type(self.chat, text, **more)
        return self.hear(answers)

    def hear(self, answers: int = 1) -> list[str]:
        """Waits for messages that were not heard yet."""
        heard = self.server.wait_for(
            lambda: (
                new if len(new := self.server.texts(self.chat)[self.seen :]) >= answers else None
            )
        )
        self.seen += len(heard)
        return list(heard)

    def press(self, label: str, answers: int = 1) -> list[str]:
        """Presses the newest button with this label."""
        for call in reversed(self.server.of("sendMessage", self.chat)):
            data = dict(call.buttons).get(label)
            if data:
                self.server.press(self.chat, data, call.result["message_id"])
                return self.hear(answers)
        raise AssertionError(f"no button {label!r}")

    @property
    def buttons(self) -> list[str]:
        """What stands on the buttons of the last message."""
        return [label for label, _ in self.server.of("sendMessage", self.chat)[-1].buttons]


def plain(text: str) -> str:
    """HTML as it is read."""
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", "", text))


WORDS = content.words(content.default_dir())
_chats = itertools.count(1_000_001)


def fresh_chat() -> int:
    """Somebody nobody saw before."""
    return next(_chats)


def rows(bot: Bot, sql: str, *parameters: object) -> list[tuple]:
    with sqlite3.connect(bot.db) as db:
        return db.execute(sql, parameters).fetchall()


def files(bot: Bot) -> bytes:
    """Every byte of the database on the disk."""
    return b"".join(path.read_bytes() for path in bot.db.parent.glob(f"{bot.db.name}*"))


def hold(person: Person, texts: list[str]) -> None:
    person.say("/start")
    for text in texts:
        person.say(text)
