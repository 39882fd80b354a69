"""What came in -> what goes out. Runs on the one thread that has the database, in a transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import assert_never

from coachbot import nlp, reminders, store_erase
from coachbot.model import Reply, Safety
from coachbot.moments import ZONE
from coachbot.reminders import When
from coachbot.telegram.asking import Asking
from coachbot.telegram.incoming import Incoming, Kind
from coachbot.telegram.outgoing import CHOICE, Do, Out, choices, marked, say
from coachbot.telegram.parts import CHANNEL, Parts, user_of
from coachbot.telegram.words import OWN

#: The dialogue of looking back.
LOOKING_BACK = "terugblik"
#: Albums come in as one update a picture; this many are remembered, to answer each once.
ALBUMS = 1_000
HOUR = timedelta(hours=1)

_Handler = Callable[[Incoming, str], list[Out]]


class Answers:
    """Answers one update of one chat; the same update twice is prevented by the inbox."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.asking = Asking(parts)
        self.albums: dict[int, str] = {}

    def handle(self, came: Incoming) -> list[Out]:
        """Whatever an update asks for, done in the database; returns what to send."""
        user = user_of(came.chat)
        words = self.parts.words
        match came.kind:
            case Kind.GROUP:
                return say(words.say("groep", link=f"https://t.me/{self.parts.username}"))
            case Kind.BLOCKED | Kind.UNBLOCKED:
                self.parts.inbox.block(user, came.kind is Kind.BLOCKED)
                return []
            case Kind.TOO_FAST:
                quiet = [Out(Do.ACKNOWLEDGE, target=came.query)] if came.query else []
                return [*quiet, *say(words.say("te_snel"))]
            case Kind.REMINDER:
                return self._remind(came)
            case Kind.PRESS:
                return self._press(came)
        if not self.parts.inbox.known(user) and self._full():
            return say(words.say("druk"))
        self.parts.inbox.block(user, False)
        match came.kind:
            case Kind.TEXT:
                return self._cut(came, self._text)
            case Kind.COMMAND:
                return self._cut(came, self._command)
            case Kind.EDIT:
                return self._cut(came, self._edit)
            case (
                Kind.FORWARDED
                | Kind.VOICE
                | Kind.PHOTO
                | Kind.VIDEO
                | Kind.MOVING
                | Kind.STICKER
                | Kind.PLACE
                | Kind.CONTACT
                | Kind.FILE
                | Kind.POLL
                | Kind.DICE
                | Kind.OTHER
            ):
                return self._cut(came, self._unread)
            case _:
                assert_never(came.kind)

    def _full(self) -> bool:
        """Did too many new people come in the last hour?"""
        since = self.parts.clock() - HOUR
        return self.parts.inbox.newcomers(since) >= self.parts.new_users

    def _cut(self, came: Incoming, handle: _Handler) -> list[Out]:
        """A message that is too long is read up to the limit, with a word about it."""
        limit = self.parts.max_length
        if len(came.text) <= limit:
            return handle(came, came.text)
        outs = handle(came, came.text[:limit])
        return [*say(self.parts.words.say("ingekort", aantal=limit)), *outs]

    # -- messages ----------------------------------------------------------------------------

    def _text(self, came: Incoming, text: str) -> list[Out]:
        own = self.parts.words.command(text)
        if own:
            return self._own(came, own)
        if self._unsafe(user_of(came.chat)):
            self.parts.inbox.settle(user_of(came.chat))
        answer = self.asking.answer(came, text)
        return self._hear(came, text) if answer is None else answer

    def _hear(self, came: Incoming, text: str) -> list[Out]:
        user = user_of(came.chat)
        new = not self.parts.inbox.known(user)
        reply = self.parts.coach.hear(user, text, str(came.id), CHANNEL)
        return self._reply(came, reply, notice=self._notice(new))

    def _notice(self, new: bool) -> str:
        """What a newcomer must know of Telegram itself; nobody is greeted with it twice."""
        return self.parts.words.say("vooraf") if new else ""

    def _reply(
        self, came: Incoming, reply: Reply, preface: str = "", notice: str = ""
    ) -> list[Out]:
        """The coach's answer, its card before it and, at the end, the offer of a reminder."""
        user = user_of(came.chat)
        last = self.parts.coach.store.last_turn(user)
        if last is None or last.update_id != str(came.id):
            return self._forgotten(came, reply)
        text = "\n".join(line for line in (preface, *reply.lines) if line)
        if notice and not self._unsafe(user):
            text += f"\n\n{notice}"
        outs = [Out(Do.CARD, target=str(last.session))] if reply.card else []
        outs += choices(text, reply.options, last.update_id)
        if reply.ended:
            outs += self._ended(user, last.taken)
        return outs

    def _unsafe(self, user: str) -> bool:
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

    def _ended(self, user: str, taken: str) -> list[Out]:
        """After a `stop` no reminder comes; after a preparation one is offered."""
        store, engine = self.parts.coach.store, self.parts.coach.engine
        if taken.endswith("/!stop"):
            self.parts.reminders.cancel(user)
            return []
        found = store.latest(user)
        if not found or found[1].dialogue != engine.main:
            return []
        row, session = found
        if self.parts.coach.card(user, row) is None or self.parts.reminders.planned(user, row):
            return []
        told = session.memory.get("wanneer")
        since = store.started(row)
        return self.asking.offer(user, row, told.text if told else None, since)

    def _edit(self, came: Incoming, text: str) -> list[Out]:
        """A changed message is heard instead of what it said before, when it is the last."""
        user = user_of(came.chat)
        earlier = [u for u in self.parts.inbox.updates_of(came.chat, came.message) if u != came.id]
        for update in earlier[:1]:
            reply = self.parts.coach.amend(user, text, str(update), str(came.id), CHANNEL)
            if reply:
                self.parts.inbox.settle(user)
                return self._reply(came, reply, self.parts.words.say("verbeterd"))
        return say(self.parts.words.say("niet_verbeterd"))

    def _unread(self, came: Incoming, text: str) -> list[Out]:
        """What cannot be read gets a fitting answer; a cry for help in its caption is heard."""
        if text and nlp.read(self.parts.coach.language, text).safety is not Safety.NONE:
            return self._hear(came, text)
        if came.album:
            if self.albums.get(came.chat) == came.album:
                return []
            if len(self.albums) >= ALBUMS:
                self.albums.clear()
            self.albums[came.chat] = came.album
        return say(self.parts.words.kinds[came.kind])

    # -- commands ----------------------------------------------------------------------------

    def _command(self, came: Incoming, text: str) -> list[Out]:
        name, _, rest = text.partition(" ")
        name, _, bot = name.strip().lower().partition("@")
        if bot and bot != self.parts.username.lower():
            return []
        if name in OWN:
            return self._own(came, name)
        user = user_of(came.chat)
        self.parts.inbox.settle(user)
        engine, store = self.parts.coach.engine, self.parts.coach.store
        if name == "start":
            return self._start(came, rest.strip())
        known = {w for c in engine.dialogues[engine.main].commands.values() for w in c.words}
        if name not in known:
            return say(self.parts.words.say("onbekend", menu=self._menu()))
        if name == "stop" and store.load(user)[1] is None:
            self.parts.reminders.cancel(user)
            return say(self.parts.words.say("geen_gesprek"))
        outs = self._hear(came, name)
        if name == "help" and not self._unsafe(user):
            outs += say(self.parts.words.say("help"))
        return outs

    def _menu(self) -> str:
        return ", ".join(f"/{name}" for name in self.parts.words.menu)

    def _start(self, came: Incoming, code: str) -> list[Out]:
        """Begins, or takes up where somebody was; a code of a group is looked at first."""
        user = user_of(came.chat)
        new = not self.parts.inbox.known(user)
        outs = say(self.parts.words.say("code_onbekend", code=code[:64])) if code else []
        reply = self.parts.coach.open(user, CHANNEL, str(came.id))
        return [*outs, *self._reply(came, reply, notice=self._notice(new))]

    def _own(self, came: Incoming, name: str) -> list[Out]:
        user = user_of(came.chat)
        self.parts.inbox.settle(user)
        if name == "herinner" and self._unsafe(user):
            return self._hear(came, name)
        if name == "privacy":
            return say(self.parts.words.say("privacy"))
        if name == "wis":
            return self.asking.ask_erase(user)
        if name == "gegevens":
            if not self.parts.inbox.known(user):
                return say(self.parts.words.say("gegevens_leeg"))
            return [Out(Do.DATA)]
        return self.asking.ask_when(user)

    # -- buttons -----------------------------------------------------------------------------

    def _press(self, came: Incoming) -> list[Out]:
        """A pressed button: acknowledged, marked, and heard when its question is the last one."""
        kind, _, rest = came.text.partition(":")
        first, _, second = rest.partition(":")
        outs: list[Out] | None = None
        chosen = ""
        if kind == CHOICE:
            chosen = self._choice(user_of(came.chat), first, second)
            if chosen:
                self.parts.inbox.settle(user_of(came.chat))
                outs = self._hear(came, chosen)
        elif rest:
            chosen = self._label(first, second)
            outs = self.asking.press(came, first, second) if chosen else None
        message = str(came.message)
        if outs is None:
            stale = self.parts.words.say("al_gekozen")
            unbutton = [Out(Do.MARK, came.shown, target=message)] if came.shown else []
            return [Out(Do.ACKNOWLEDGE, stale, target=came.query), *unbutton]
        mark = Out(Do.MARK, marked(came.shown, chosen) if came.shown else "", target=message)
        return [Out(Do.ACKNOWLEDGE, target=came.query), mark, *outs]

    def _choice(self, user: str, turn: str, index: str) -> str:
        """The answer a button stands for, when the turn it belongs to is this person's last."""
        last = self.parts.coach.store.last_turn(user)
        session = self.parts.coach.store.load(user)[0]
        if last is None or last.update_id != turn or session != last.session:
            return ""
        options = last.reply.options
        return options[int(index)] if index.isdecimal() and int(index) < len(options) else ""

    def _label(self, question: str, choice: str) -> str:
        """What stands on a button of the adapter's own questions."""
        buttons = self.parts.words.buttons
        if question == "wis":
            return buttons.get(f"wis_{choice}", "")
        if question in ("wanneer", "aanbod"):
            return buttons["herinner_niet"]
        return buttons.get(choice, "") if choice in ("ja", "nee") else ""

    # -- reminders ---------------------------------------------------------------------------

    def _remind(self, came: Incoming) -> list[Out]:
        reminder = reminders.unpack(came.text)
        coach, words = self.parts.coach, self.parts.words
        found = coach.store.latest(reminder.user, reminder.session)
        memory = dict(found[1].memory) if found else {}
        if reminder.kind is When.AFTER:
            turn = str(came.id)
            reply = coach.begin(reminder.user, LOOKING_BACK, memory, CHANNEL, turn)
            late = words.say("herinnering_verlaat") if reminder.late else ""
            return self._reply(came, reply, late)
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
