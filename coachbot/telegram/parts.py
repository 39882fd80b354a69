"""What the answering parts share, wired once in `telegram_bot`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from coachbot.coach import Coach
from coachbot.desk import Desk
from coachbot.reminders import Reminders
from coachbot.store_consent import Consent
from coachbot.store_inbox import Inbox
from coachbot.store_theater import Games
from coachbot.telegram.words import Words
from coachbot.theater import Theater

CHANNEL = "telegram"


@dataclass(frozen=True, slots=True)
class Parts:
    """Coach, desk, database, sentences and limits; `clock` gives the present."""

    coach: Coach
    desk: Desk
    theater: Theater
    games: Games
    consent: Consent
    inbox: Inbox
    reminders: Reminders
    words: Words
    username: str
    max_length: int
    new_users: int
    clock: Callable[[], datetime]


def user_of(chat: int) -> str:
    """The key of a person in the database: nothing but the number of their private chat."""
    return f"tg:{chat}"
