"""What came in -> what goes out. Runs on the one thread that has the database, in a transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import assert_never

from coachbot import nlp, reminders, store_erase
from coachbot.desk_answer import Answer
from coachbot.model import Safety
from coachbot.reminders import When
from coachbot.telegram import belonging
from coachbot.telegram.asking import Asking, YesOrNo
from coachbot.telegram.belonging import Belonging
from coachbot.telegram.incoming import Incoming, Kind
from coachbot.telegram.outgoing import (
    BELONG,
    CHOICE,
    DESK,
    Do,
    Out,
    marked,
    say,
)
from coachbot.telegram.parts import CHANNEL, Parts, user_of
from coachbot.telegram.playing import Playing
from coachbot.telegram.practising import AGREE, CARD, LOOKS, PROGRESS, Practising
from coachbot.telegram.talking import Talking
from coachbot.telegram.words import OWN, PRACTISING

#: Albums come in as one update a picture; this many are remembered, to answer each once.
ALBUMS = 1_000
HOUR = timedelta(hours=1)
#: The game of a group; in a private chat it is only told how to play it.
THEATER = "theater"

_Handler = Callable[[Incoming, str], list[Out]]


class Answers:
    """Answers one update of one chat; the same update twice is prevented by the inbox."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.practising = Practising(parts)
        self.talking = Talking(parts, self.practising, self._ended)
        self.belonging = Belonging(parts, self._offer)
        self.playing = Playing(parts)
        self.asking = Asking(
            parts,
            {
                AGREE: YesOrNo(self.practising.ask_agree, self.practising.agree),
                belonging.JOIN: YesOrNo(self.belonging.ask_join, self._joined),
                belonging.SHARE: YesOrNo(self.belonging.ask_about, self.belonging.share),
                belonging.LEAVE: YesOrNo(self.belonging.ask_leave, self.belonging.leave),
            },
        )
        self.albums: dict[int, str] = {}

    def handle(self, came: Incoming) -> list[Out]:
        """Whatever an update asks for, done in the database; returns what to send."""
        user = user_of(came.chat)
        words = self.parts.words
        match came.kind:
            case Kind.GROUP:
                return say(words.say("groep", link=f"https://t.me/{self.parts.username}"))
            case Kind.GAME:
                return self.playing.handle(came)
            case Kind.MOVED:
                self.playing.move(came.chat, int(came.text))
                return []
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
        if self.talking.unsafe(user_of(came.chat)):
            self.parts.inbox.settle(user_of(came.chat))
        answer = self.asking.answer(came, text)
        if answer is not None:
            return answer
        user = user_of(came.chat)
        looked = self._look(came, text)
        if looked is not None:
            return looked
        practised = self.practising.hear(came, text)
        if practised:
            return self._practised(came, practised)
        begun = self.parts.words.bare(text)
        if begun and self._idle(user):
            return self._own(came, begun)
        return self.talking.hear(came, text)

    def _idle(self, user: str) -> bool:
        """Is there no question of the coach that a bare word could be the answer to?"""
        session = self.parts.coach.store.load(user)[1]
        return session is None or session.paused

    def _practised(self, came: Incoming, answer: Answer) -> list[Out]:
        """What the desk says; the conversation that was left for it is taken up again after it."""
        if answer.hand_over is not None:
            return self.talking.hear(came, answer.hand_over)
        user = user_of(came.chat)
        outs = self.practising.outs(user, answer)
        return [*outs, *self.asking.where_we_were(user)] if answer.reply.ended else outs

    def _look(self, came: Incoming, text: str) -> list[Out] | None:
        """In the middle of an exercise: the card or the summary of the conversation."""
        if self.parts.desk.open(user_of(came.chat)) is None:
            return None
        commands = self.parts.coach.engine.dialogues[self.parts.coach.engine.main].commands
        said = text.strip().lower().strip(" /.!?,…")
        name = next((name for name in LOOKS if said in commands[name].words), None)
        return self.practising.look(came, name) if name else None

    def _ended(self, user: str, taken: str) -> list[Out]:
        """After a `stop` no reminder comes; after a preparation one is offered.

        One question at a time: whether the conversation may be read goes first.
        """
        if taken.endswith("/!stop"):
            self.parts.reminders.cancel(user)
        found = self.parts.coach.store.latest(user)
        if not found:
            return []
        return self.belonging.ask_share(user, found[0]) or self._offer(user, found[0])

    def _offer(self, user: str, row: int) -> list[Out]:
        """A reminder of a preparation that came to its end, unless there is one."""
        coach = self.parts.coach
        last, found = coach.store.last_turn(user), coach.store.latest(user, row)
        stopped = last is None or last.session != row or last.taken.endswith("/!stop")
        if stopped or found is None or found[1].dialogue != coach.engine.main:
            return []
        if coach.card(user, row) is None or self.parts.reminders.planned(user, row):
            return []
        told = found[1].memory.get("wanneer")
        return self.asking.offer(user, row, told.text if told else None, coach.store.started(row))

    def _edit(self, came: Incoming, text: str) -> list[Out]:
        """A changed message is heard instead of what it said before, when it is the last."""
        user = user_of(came.chat)
        if self.parts.desk.open(user):
            safe = nlp.read(self.parts.coach.language, text).safety is Safety.NONE
            return say(self.parts.words.say("niet_verbeterd")) if safe else self._text(came, text)
        earlier = [u for u in self.parts.inbox.updates_of(came.chat, came.message) if u != came.id]
        for update in earlier[:1]:
            reply = self.parts.coach.amend(user, text, str(update), str(came.id), CHANNEL)
            if reply:
                self.parts.inbox.settle(user)
                return self.talking.reply(came, reply, self.parts.words.say("verbeterd"))
        return say(self.parts.words.say("niet_verbeterd"))

    def _unread(self, came: Incoming, text: str) -> list[Out]:
        """What cannot be read gets a fitting answer; a cry for help in its caption is heard."""
        if text and nlp.read(self.parts.coach.language, text).safety is not Safety.NONE:
            return self._text(came, text)
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
            return self._own(came, name, rest.strip())
        user = user_of(came.chat)
        self.parts.inbox.settle(user)
        engine, store = self.parts.coach.engine, self.parts.coach.store
        if name == "start":
            return self._start(came, rest.strip())
        if name == THEATER:
            return say(self.parts.theater.group["private"][0])
        if self.parts.desk.obeys(user, name):
            return self._text(came, name) + self._more_help(name, user)
        known = {w for c in engine.dialogues[engine.main].commands.values() for w in c.words}
        if name not in known:
            return say(self.parts.words.say("onbekend", menu=self._menu()))
        if name not in LOOKS:
            self.parts.desk.leave(user)
        elif self.parts.desk.open(user):
            return self.practising.look(came, name)
        if name == "stop" and store.load(user)[1] is None:
            self.parts.reminders.cancel(user)
            return say(self.parts.words.say("geen_gesprek"))
        return self.talking.hear(came, name) + self._more_help(name, user)

    def _more_help(self, name: str, user: str) -> list[Out]:
        if name != "help" or self.talking.unsafe(user):
            return []
        return say(self.parts.words.say("help"))

    def _menu(self) -> str:
        return ", ".join(f"/{name}" for name in self.parts.words.menu)

    def _start(self, came: Incoming, code: str) -> list[Out]:
        """Begins, or takes up where somebody was; a code of a group is looked at first."""
        user = user_of(came.chat)
        new = not self.parts.inbox.known(user)
        if code and not self.talking.unsafe(user):
            group = self.parts.consent.find(code)
            mine = self.belonging.known(user, code)
            if group and not group.closed and mine is None:
                notice = say(self.talking.notice(new)) if new else []
                return [*notice, *self.belonging.ask_join(user, group.code)]
            outs = self.belonging.overview(user) if mine else self.belonging.refused(code)
        else:
            outs = []
        return [*outs, *self.talking.open(came, self.talking.notice(new))]

    def _joined(self, came: Incoming, code: str, yes: bool) -> list[Out]:
        """In the group or not, the conversation begins."""
        return [*self.belonging.join(came, code, yes), *self.talking.open(came)]

    def _own(self, came: Incoming, name: str, rest: str = "") -> list[Out]:
        user = user_of(came.chat)
        self.parts.inbox.settle(user)
        if name in ("herinner", *PRACTISING) and self.talking.unsafe(user):
            return self.talking.hear(came, name)
        if name in PRACTISING:
            return self._practise(came, name, rest)
        if name == "groep":
            return self.belonging.overview(user)
        if name == "privacy":
            return say(self.parts.words.say("privacy"))
        if name == "wis":
            return self.asking.ask_erase(user, came.chat)
        if name == "gegevens":
            if store_erase.gather(self.parts.coach.store, user, came.chat) is None:
                return say(self.parts.words.say("gegevens_leeg"))
            return [Out(Do.DATA)]
        return self.asking.ask_when(user)

    def _practise(self, came: Incoming, name: str, rest: str) -> list[Out]:
        """A command of the desk; after one that only shows something the conversation goes on."""
        user = user_of(came.chat)
        outs = self.practising.command(came, name, rest)
        under_way = self.parts.desk.open(user)
        if name == CARD and under_way:
            return [*outs, *self.practising.shown(user, under_way)]
        if name in (CARD, PROGRESS) and not under_way:
            return [*outs, *self.asking.where_we_were(user)]
        return outs

    # -- buttons -----------------------------------------------------------------------------

    def _press(self, came: Incoming) -> list[Out]:
        """A pressed button: acknowledged, marked, and heard when its question is the last one."""
        kind, _, rest = came.text.partition(":")
        first, _, second = rest.partition(":")
        outs: list[Out] | None = None
        chosen = ""
        if kind == CHOICE:
            chosen = self.talking.choice(user_of(came.chat), first, second)
            if chosen:
                self.parts.inbox.settle(user_of(came.chat))
                self.parts.desk.leave(user_of(came.chat))
                outs = self.talking.hear(came, chosen)
        elif kind == DESK:
            chosen = self.practising.chosen(user_of(came.chat), first, second)
            answer = self.practising.press(came, chosen) if chosen else None
            if answer:
                self.parts.inbox.settle(user_of(came.chat))
                outs = self._practised(came, answer)
        elif kind == BELONG:
            found = self.belonging.press(user_of(came.chat), rest)
            chosen, outs = found or ("", None)
        elif first == CARD:
            chosen = self.parts.words.buttons["laat_zien"]
            outs = self.practising.card(came, second)
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

    def _label(self, question: str, choice: str) -> str:
        """What stands on a button of the adapter's own questions."""
        buttons = self.parts.words.buttons
        if question == "wis":
            return buttons.get(f"wis_{choice}", "")
        if question in ("wanneer", "aanbod"):
            return buttons["herinner_niet"]
        return buttons.get(choice, "") if choice in ("ja", "nee") else ""

    # -- at its own time ---------------------------------------------------------------------

    def _remind(self, came: Incoming) -> list[Out]:
        reminder = reminders.unpack(came.text)
        if reminder.kind is When.CLOCK:
            return self.playing.tick(came.chat, reminder)
        return self.talking.remind(came, reminder)
