"""Whatever people type, press and ask for, in whatever order: an answer that Telegram takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from talk import FOLDER, parse
from telegram_shapes import shown

from coachbot import content, content_all, reminders
from coachbot.coach import Coach
from coachbot.desk import Desk
from coachbot.reminders import Reminders
from coachbot.store_consent import Consent
from coachbot.store_facilitators import Accounts
from coachbot.store_groups import Groups
from coachbot.store_inbox import Inbox
from coachbot.store_theater import Games
from coachbot.telegram.counter import Counter
from coachbot.telegram.incoming import Incoming, Kind
from coachbot.telegram.outgoing import Do, Out, length, pack, unpack
from coachbot.telegram.parts import Parts

if TYPE_CHECKING:
    from spacy.language import Language

STEPS = 350
PEOPLE, GROUP = (1, 2, 3), -9
MATERIAL = content_all.material(content.default_dir())
WORDS = content.words(content.default_dir())
SCENES = [scene for path in sorted(FOLDER.glob("*.txt")) for scene in parse(path).scenes]
TYPED = [
    *(step.text for scene in SCENES for step in scene.steps),
    *("ja", "nee", "stop", "terug", "pauze", "help", "hint", "andere", "soort", "1", "2", "klaar"),
    *("", "😀", "<b>x", "iets anders", "samenvatting", "ik wil sparren", "{zin} %s", "oefenen"),
]
NAMES = ("spiegel", "eigen", "zus", "leiderschap", "rust", "niets <b>", "")
GAME = ("theater", "theater 3 wat?", "besluit", "besluit ja & nee", "stop")


@pytest.fixture
def counter(coach: Coach, language: Language) -> Counter:
    inbox = Inbox(coach.store)
    return Counter(
        Parts(
            coach=coach,
            desk=Desk(coach.store, MATERIAL, language, reminders.now),
            theater=MATERIAL.theater,
            games=Games(coach.store),
            consent=Consent(coach.store),
            inbox=inbox,
            reminders=Reminders(inbox.db, timedelta(minutes=30), timedelta(minutes=120)),
            words=WORDS,
            username="coach_test_bot",
            max_length=4_000,
            new_users=1_000,
            clock=reminders.now,
        )
    )


def updates(random: Random, codes: list[str], seen: dict[int, list[str]]) -> Iterator[Incoming]:
    """What three people do in their own chats and together in a group; `seen`: their buttons."""
    for number in range(1, STEPS + 1):
        who = random.choice(PEOPLE)
        pressed = random.choice(seen.get(who) or ["k:1:0"])
        command = random.choice([*WORDS.menu, "theater", "hint", "niets"])
        told = random.choice(codes if command == "start" else NAMES)
        together = random.choice(seen.get(GROUP) or ["t:mee:0"])
        text = random.choice(TYPED)
        yield random.choice(
            [
                Incoming(number, who, Kind.TEXT, text, number),
                Incoming(number, who, Kind.EDIT, text, number - 1),
                Incoming(number, who, Kind.COMMAND, f"{command} {told}".strip(), number),
                Incoming(number, who, Kind.COMMAND, command, number),
                Incoming(number, who, Kind.PRESS, pressed, 5, "q", "vraag"),
                Incoming(number, who, Kind.PRESS, pressed, 5, "q", "vraag"),
                Incoming(number, GROUP, Kind.GAME, random.choice(GAME), by=who),
                Incoming(number, GROUP, Kind.GAME, together, 5, "q", by=who),
                Incoming(number, GROUP, Kind.GAME, together, 5, "q", by=who),
            ]
        )


def fits(out: Out) -> bool:
    """Would Telegram take it?"""
    text = shown(out.text)
    said = out.do not in (Do.SAY, Do.EDIT, Do.DEAL) or bool(text and text.strip())
    buttons = [button for row in out.buttons for button in row]
    small = all(label and len(data.encode()) <= 64 for label, data in buttons)
    window = out.do is not Do.ALERT or 0 < length(out.text) <= 200
    return said and small and window and length(text or "") <= 4_096


@pytest.mark.parametrize("seed", [1, 2])
def test_anything_in_any_order_gets_what_telegram_takes(counter: Counter, seed: int) -> None:
    random = Random(seed)
    store = counter.parts.coach.store
    groups = Groups(store)
    facilitator = Accounts(store).add("Anna", "lang genoeg om te raden").id
    codes = [groups.create(facilitator, name).code for name in ("Team <b>&", "Gesloten")]
    groups.close(facilitator, groups.of(facilitator)[0].id)
    seen: dict[int, list[str]] = {}
    kinds = set()
    for came in updates(random, [*codes, "ONBEKEND"], seen):
        counter.inbox.keep(came.id, came.chat, came.message, came.pack())
        with counter.whole():
            outs = counter.answers.handle(came)
        assert unpack(pack(outs)) == outs
        assert all(fits(out) for out in outs), (came, outs)
        kinds |= {out.do for out in outs}
        data = [data for out in outs for row in out.buttons for _, data in row]
        seen[came.chat] = [*seen.get(came.chat, []), *data][-20:]
    assert {Do.SAY, Do.MARK, Do.ALERT, Do.EDIT} <= kinds, "the walk has come everywhere"
