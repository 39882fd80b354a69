"""Settings, read once from the environment and the command line; nothing else reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

TELEGRAM = "https://api.telegram.org"
#: A key shorter than this can be guessed.
SECRET_CHARACTERS = 32
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingError(ValueError):
    """One line: which setting, what was wrong with it, what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are."""

    db: Path
    dialogues: Path | None = None

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str], db: Path | None = None, dialogues: Path | None = None
    ) -> Settings:
        """Command line before `COACHBOT_DB` before the platform's own data folder."""
        chosen = db or (Path(environ["COACHBOT_DB"]) if environ.get("COACHBOT_DB") else None)
        if chosen is None:
            chosen = platformdirs.user_data_path("coachbot", appauthor=False) / "coach.db"
        if chosen.is_dir():
            raise SettingError(f"--db: {chosen} is a folder; give the path of a file")
        if dialogues is not None and not dialogues.is_dir():
            raise SettingError(f"--dialogues: {dialogues} is no folder")
        return cls(db=chosen, dialogues=dialogues)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram sends updates to (`url`), and where the bot listens for them."""

    url: str
    host: str
    port: int

    @property
    def path(self) -> str:
        """The path of the URL, without its first slash."""
        return urlsplit(self.url).path.lstrip("/")


@dataclass(frozen=True, slots=True)
class BotSettings:
    """What the Telegram bot needs on top. The token is never shown."""

    token: str = field(repr=False)
    api: str = TELEGRAM
    log_level: str = "info"
    per_minute: int = 30
    new_users: int = 100
    max_length: int = 4_000
    per_second: int = 30
    before: timedelta = timedelta(minutes=30)
    after: timedelta = timedelta(minutes=120)
    webhook: Webhook | None = None

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str],
        log_level: str | None = None,
        webhook: str | None = None,
        listen: str | None = None,
    ) -> BotSettings:
        """Every `COACHBOT_…` setting of the bot, checked; the first bad one is named."""
        token = environ.get("COACHBOT_TOKEN", "").strip()
        if not token:
            raise SettingError("COACHBOT_TOKEN: is not set; give the token that @BotFather gave")
        if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
            raise SettingError("COACHBOT_TOKEN: is no token; allowed: digits, a colon, a key")
        return cls(
            token=token,
            api=_api(environ.get("COACHBOT_TELEGRAM_API") or TELEGRAM),
            log_level=_level(log_level or environ.get("COACHBOT_LOG") or "info"),
            per_minute=_number(environ, "COACHBOT_MESSAGES_PER_MINUTE", 30, 1, 10_000),
            new_users=_number(environ, "COACHBOT_NEW_USERS_PER_HOUR", 100, 0, 1_000_000),
            max_length=_number(environ, "COACHBOT_MESSAGE_LENGTH", 4_000, 100, 4_096),
            per_second=_number(environ, "COACHBOT_SENDS_PER_SECOND", 30, 0, 10_000),
            before=timedelta(minutes=_number(environ, "COACHBOT_REMIND_BEFORE", 30, 0, 1_440)),
            after=timedelta(minutes=_number(environ, "COACHBOT_REMIND_AFTER", 120, 0, 10_080)),
            webhook=_webhook(webhook, listen),
        )


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """What the facilitator's pages need on top of `Settings`. The secret is never shown."""

    host: str = "127.0.0.1"
    port: int = 8000
    #: Signs the cookies; None: a key is made and kept beside the database.
    secret: str | None = field(default=None, repr=False)
    #: Names by which the site may be called, beside `host` and this machine itself.
    hosts: tuple[str, ...] = ()
    #: Reached over https only (a proxy in front): cookies are marked as such.
    https: bool = False
    idle: timedelta = timedelta(minutes=30)
    log_level: str = "info"
    #: The Telegram bot's name, for the link that joins a group.
    bot: str | None = None

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str], host: str = "127.0.0.1", port: int = 8000
    ) -> ReviewSettings:
        """Every setting of the pages, checked; the first bad one is named."""
        if not re.fullmatch(r"[\w.:-]{1,253}", host, re.ASCII):
            raise SettingError(f"--host: {host!r} is not allowed; give a name or an address")
        if not 0 <= port < 65_536:
            raise SettingError(f"--port: {port} is not allowed; allowed: 0 to 65535")
        secret = environ.get("COACHBOT_SECRET") or None
        if secret is not None and len(secret) < SECRET_CHARACTERS:
            raise SettingError(
                f"COACHBOT_SECRET: is too short; give at least {SECRET_CHARACTERS} characters"
            )
        bot = environ.get("COACHBOT_BOT", "").strip().removeprefix("@") or None
        if bot is not None and not re.fullmatch(r"\w{5,32}", bot, re.ASCII):
            raise SettingError(f"COACHBOT_BOT: {bot!r} is no name of a bot; give one as coach_bot")
        return cls(
            host=host,
            port=port,
            secret=secret,
            hosts=_hosts(environ.get("COACHBOT_REVIEW_HOSTS", "")),
            https=_flag(environ, "COACHBOT_REVIEW_HTTPS"),
            idle=timedelta(minutes=_number(environ, "COACHBOT_REVIEW_IDLE", 30, 1, 720)),
            log_level=_level(environ.get("COACHBOT_LOG") or "info"),
            bot=bot,
        )


def _level(given: str) -> str:
    level = given.lower()
    if level not in LOG_LEVELS:
        raise SettingError(
            f"COACHBOT_LOG: {level!r} is not allowed; allowed: {', '.join(LOG_LEVELS)}"
        )
    return level


def _hosts(given: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in given.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[a-z0-9.:\[\]-]{1,253}", name):
            raise SettingError(
                f"COACHBOT_REVIEW_HOSTS: {name!r} is not allowed; give names with commas between"
            )
    return names


def _flag(environ: Mapping[str, str], name: str) -> bool:
    given = environ.get(name, "").strip() or "0"
    if given not in ("0", "1"):
        raise SettingError(f"{name}: {given!r} is not allowed; allowed: 0 or 1")
    return given == "1"


def _api(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise SettingError(
            f"COACHBOT_TELEGRAM_API: {given!r} is not allowed; give a base URL such as {TELEGRAM}"
        )
    return given.rstrip("/")


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    given = environ.get(name, "").strip()
    if not given:
        return default
    if not re.fullmatch(r"\d{1,9}", given, re.ASCII) or not low <= int(given) <= high:
        raise SettingError(f"{name}: {given!r} is not allowed; allowed: {low} to {high}")
    return int(given)


def _webhook(url: str | None, listen: str | None) -> Webhook | None:
    if url is None and listen is None:
        return None
    if url is None or listen is None:
        raise SettingError("--webhook and --listen go together; give both or neither")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingError(
            f"--webhook: {url!r} is no URL; give one such as https://example.org/bot"
        )
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    if not host or not re.fullmatch(r"\d{1,5}", port, re.ASCII) or not 0 < int(port) < 65_536:
        raise SettingError(f"--listen: {listen!r} is not allowed; give HOST:PORT")
    return Webhook(url, host, int(port))
