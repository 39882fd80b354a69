"""The bot that the tests of one file share, and what they look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from talk import FOLDER, parse
from telegram_bot_process import Bot, Person, fresh_chat
from telegram_server import Server

from coachbot.coach import Card, Coach
from coachbot.engine import Engine
from coachbot.model import Reply
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(scope="session")
def bot(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    db = tmp_path_factory.mktemp("bot") / "coach.db"
    with Bot(server, db, "--log-level", "debug", COACHBOT_NEW_USERS_PER_HOUR="1000") as bot:
        yield bot.started()
        assert bot.stop() == 0


@pytest.fixture
def person(server: Server, bot: Bot) -> Person:
    return Person(server, fresh_chat())


@pytest.fixture(scope="session")
def talk(
    engine: Engine, language: Language, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], list[Reply], Card]:
    """A whole conversation: what is typed, what `Coach.hear` says to it, and the card."""
    for path in sorted(FOLDER.glob("*.txt")):
        transcript = parse(path)
        if not transcript.whole:
            continue
        store = Store(tmp_path_factory.mktemp("same") / "same.db")
        coach = Coach(engine, store, language)
        texts = [step.text for step in transcript.scenes[0].steps]
        replies = [coach.open("een", "telegram")]
        replies += [coach.hear("een", text, channel="telegram") for text in texts]
        card = coach.card("een")
        store.close()
        if card and replies[-1].ended and len(texts) < 28 and all(texts):
            return texts, replies, card
    raise AssertionError("no transcript comes to a card")
