"""The coach on Telegram: messages to it, its answers back, and what it says at its own time.

Runs on the worker thread, in a transaction, like every other answer.
"""

from __future__ import annotations

from collections.abc import Callable

from coachbot import store_erase
from coachbot.model import Reply
from coachbot.moments import ZONE
from coachbot.reminders import Reminder, When
from coachbot.telegram.incoming import Incoming
from coachbot.telegram.outgoing import ANSWER, Do, Out, choices, say
from coachbot.telegram.parts import CHANNEL, Parts, user_of
from coachbot.telegram.practising import CARD, Practising

#: The dialogue of looking back.
LOOKING_BACK = "terugblik"


class Talking:
    """The conversation with the coach."""

    def __init__(
        self, parts: Parts, practising: Practising, ends: Callable[[str, str], list[Out]]
    ) -> None:
        """`ends` gives what is asked when a conversation is over: the user, and what ended it."""
        self.parts = parts
        self.practising = practising
        self.ends = ends

    def open(self, came: Incoming, notice: str = "") -> list[Out]:
        """The exercise somebody was in, else the conversation: taken up, or begun."""
        user = user_of(came.chat)
        asked = self.parts.desk.resume(user)
        if asked and not self.unsafe(user):
            return self.practising.shown(user, asked)
        reply = self.parts.coach.open(user, CHANNEL, str(came.id))
        return self.reply(came, reply, notice=notice)

    def hear(self, came: Incoming, text: str) -> list[Out]:
        """One message to the coach."""
        user = user_of(came.chat)
        new = not self.parts.inbox.known(user)
        reply = self.parts.coach.hear(user, text, str(came.id), CHANNEL)
        return self.reply(came, reply, notice=self.notice(new))

    def notice(self, new: bool) -> str:
        """What a newcomer must know of Telegram itself; nobody is greeted with it twice."""
        return self.parts.words.say("vooraf") if new else ""

    def reply(self, came: Incoming, reply: Reply, preface: str = "", notice: str = "") -> list[Out]:
        """The coach's answer, its card before it and, at the end, the offer of a reminder."""
        user = user_of(came.chat)
        last = self.parts.coach.store.last_turn(user)
        if last is None or last.update_id != str(came.id):
            return self._forgotten(came, reply)
        text = "\n".join(line for line in (preface, *reply.lines) if line)
        if notice and not self.unsafe(user):
            text += f"\n\n{notice}"
        outs = [Out(Do.CARD, target=str(last.session))] if reply.card else []
        if not reply.ended:
            return [*outs, *choices(text, reply.options, last.update_id)]
        # A changed last message ends the conversation once more; the card was offered then.
        card = None if preface else self.practising.fitting(user, last.session)
        if card is None:
            return [*outs, *say(text), *self.ends(user, last.taken)]
        sentence, name = card
        shown = (self.parts.words.buttons["laat_zien"], f"{ANSWER}:{CARD}:{name}")
        outs += say(f"{text}\n\n{sentence}", ((shown,),))
        return [*outs, *self.ends(user, last.taken)]

    def unsafe(self, user: str) -> bool:
        """Is it about somebody's safety now? Then nothing else comes in between."""
        session = self.parts.coach.store.load(user)[1]
        return session is not None and session.dialogue == self.parts.coach.engine.safety

    def _forgotten(self, came: Incoming, reply: Reply) -> list[Out]:
        """Who does not want anything kept: the session is erased, and the log that saw it too."""
        user = user_of(came.chat)
        store = self.parts.coach.store
        if store.latest(user) is None:
            store_erase.erase(store, user, came.chat, came.id)
        return [Out(Do.SCRUB, target="log"), *say("\n".join(reply.lines))]

    def choice(self, user: str, turn: str, index: str) -> str:
        """The answer a button stands for, when the turn it belongs to is this person's last."""
        last = self.parts.coach.store.last_turn(user)
        session = self.parts.coach.store.load(user)[0]
        if last is None or last.update_id != turn or session != last.session:
            return ""
        options = last.reply.options
        return options[int(index)] if index.isdecimal() and int(index) < len(options) else ""

    def remind(self, came: Incoming, reminder: Reminder) -> list[Out]:
        """The card before the meeting, or the talk after it."""
        coach, words = self.parts.coach, self.parts.words
        found = coach.store.latest(reminder.user, reminder.session)
        memory = dict(found[1].memory) if found else {}
        if reminder.kind is When.AFTER:
            # An exercise that was left lying would take the answer for its own.
            self.parts.desk.leave(reminder.user)
            turn = str(came.id)
            reply = coach.begin(reminder.user, LOOKING_BACK, memory, CHANNEL, turn)
            late = words.say("herinnering_verlaat") if reminder.late else ""
            return self.reply(came, reply, late)
        other = memory["ander"].text if "ander" in memory else words.say("de_ander")
        at = reminder.meeting.astimezone(ZONE)
        has_card = found is not None and coach.card(reminder.user, found[0]) is not None
        over = reminder.late and reminder.meeting <= self.parts.clock()
        sentence = "herinnering" if has_card else "herinnering_leeg"
        text = words.say("herinnering_laat" if over else sentence, ander=other, tijd=f"{at:%H:%M}")
        if reminder.late and not over:
            text = f"{words.say('herinnering_verlaat')} {text}"
        card = [Out(Do.CARD, target=str(reminder.session))] if has_card else []
        return [*card, *say(text)]
