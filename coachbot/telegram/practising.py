"""Practising on Telegram: commands, buttons and messages to the desk, and its answers back.

Runs on the worker thread, in a transaction, like every other answer.
"""

from __future__ import annotations

import json
import zlib

from coachbot import cards, charts, phrasing
from coachbot.desk_answer import Answer
from coachbot.model import Reply
from coachbot.telegram.incoming import Incoming
from coachbot.telegram.outgoing import ANSWER, DESK, Do, Out, choices, paragraphs, say
from coachbot.telegram.parts import Parts, user_of

#: Which command begins what; the others only show something.
PRACTISE, SPAR, SCAN, THERMOMETER = "oefen", "sparren", "scan", "thermometer"
BEGINS = (PRACTISE, SPAR, SCAN, THERMOMETER)
CARD, PROGRESS = "kaartje", "voortgang"
#: Words of the coach that only look, and may be used in the middle of an exercise.
LOOKS = ("kaart", "samenvatting")
#: The adapter's question whether what is typed may be kept, for who begins by practising.
AGREE = "mag"


class Practising:
    """What somebody does at the desk."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.desk = parts.desk

    # -- beginning ---------------------------------------------------------------------------

    def command(self, came: Incoming, name: str, rest: str) -> list[Out]:
        """`/oefen verwijt`, `/sparren buurman`, `/scan`, `/thermometer`, `/kaartje`, `/voortgang`.

        Who has not agreed yet that words are kept is asked that first.
        """
        user = user_of(came.chat)
        if name == CARD:
            return self.card(came, rest)
        if name == PROGRESS:
            return self.outs(user, self.desk.progress(user, str(came.id)))
        if not (self.parts.coach.agreed(user) or self.desk.rows.practised(user)):
            return self.ask_agree(user, f"{name} {rest}".strip())
        return self._begin(came, name, rest)

    def ask_agree(self, user: str, data: str) -> list[Out]:
        """Asks whether what is typed may be kept; `data` is the command that waits for it."""
        self.parts.inbox.ask(user, AGREE, data)
        buttons = self.parts.words.buttons
        row = [(buttons[key], f"{ANSWER}:{AGREE}:{key}") for key in ("ja", "nee")]
        return say(self.parts.words.say("mag"), (tuple(row),))

    def agree(self, came: Incoming, data: str, yes: bool) -> list[Out]:
        """The answer to that question; after a yes it begins."""
        if not yes:
            return say(self.parts.words.say("mag_niet"))
        name, _, rest = data.partition(" ")
        return self._begin(came, name, rest)

    def _begin(self, came: Incoming, name: str, rest: str) -> list[Out]:
        user, update = user_of(came.chat), str(came.id)
        under_way = self.desk.rows.activity(user)
        if not rest and under_way and under_way.kind == _KINDS[name] and name != THERMOMETER:
            asked = self.desk.resume(user)
            return self.shown(user, asked) if asked else []
        wanted = rest or None
        if name == PRACTISE:
            answer: Answer | None = self.desk.practise(user, wanted, update)
        elif name == SPAR:
            answer = self.desk.spar(user, wanted, update) or self.desk.spar(user, None, update)
        else:
            wanted = THERMOMETER if name == THERMOMETER else wanted
            answer = self.desk.scan(user, wanted, update) or self.desk.scan(user, None, update)
        return self.outs(user, answer) if answer else []

    # -- under way ---------------------------------------------------------------------------

    def hear(self, came: Incoming, text: str) -> Answer | None:
        """A message to what is under way; None when nothing is."""
        return self.desk.hear(user_of(came.chat), text, str(came.id))

    def press(self, came: Incoming, chosen: str) -> Answer | None:
        """A pressed answer is an answer, also after a pause, where a typed "ja" is a greeting."""
        self.desk.resume(user_of(came.chat))
        return self.hear(came, chosen)

    def chosen(self, user: str, place: str, index: str) -> str:
        """The answer a button stands for, when its question is still the one that is open."""
        asked = self.desk.open(user)
        if asked is None or place != self.desk.place(user) or not index.isdecimal():
            return ""
        return asked.options[int(index)] if int(index) < len(asked.options) else ""

    def look(self, came: Incoming, name: str) -> list[Out]:
        """The coach's card or summary in the middle of an exercise, and the exercise again."""
        user, coach = user_of(came.chat), self.parts.coach
        dialogue = coach.engine.dialogues[coach.engine.main]
        command = dialogue.commands[name]
        found = coach.store.latest(user)
        outs: list[Out] = []
        if name == "kaart" and found and coach.card(user, found[0]):
            outs.append(Out(Do.CARD, target=str(found[0])))
        else:
            lines = phrasing.overview(dialogue, found[1]) if found and name != "kaart" else ()
            first = command.say if lines else command.otherwise
            outs += say("\n".join([first[0], *lines]))
        asked = self.desk.open(user)
        return [*outs, *self.shown(user, asked)] if asked else outs

    def outs(self, user: str, answer: Answer) -> list[Out]:
        """An answer as it is sent: the picture first, so that the question stands last."""
        picture = []
        if answer.chart:
            packed = json.dumps(charts.pack(answer.chart), ensure_ascii=False)
            picture.append(Out(Do.CHART, target=packed))
        return [*picture, *self.shown(user, answer.reply)]

    def shown(self, user: str, reply: Reply) -> list[Out]:
        """A reply with its buttons."""
        return choices(paragraphs(reply.lines), reply.options, self.desk.place(user), DESK)

    # -- cards -------------------------------------------------------------------------------

    def card(self, came: Incoming, name: str) -> list[Out]:
        """A card by its name, or any one; the same update draws the same card."""
        draw = zlib.crc32(str(came.id).encode())
        answer = self.desk.card(user_of(came.chat), draw, name or None)
        if answer is None:
            return say(self.parts.words.say("kaartje_onbekend"))
        return say(paragraphs(answer.reply.lines))

    def fitting(self, user: str, session: int) -> tuple[str, str] | None:
        """The sentence that offers a card after a conversation, and the card's name.

        None when the conversation touches none, or when it was about somebody's safety.
        """
        found = self.parts.coach.fitting(user, session, self.desk.cards)
        return (offer(self.parts, found), found.name) if found else None


def offer(parts: Parts, card: cards.Card) -> str:
    """The one sentence with which a card is offered."""
    return parts.words.say("kaartje_past", titel=card.title)


_KINDS = {PRACTISE: "practise", SPAR: "spar", SCAN: "scan", THERMOMETER: "scan"}
