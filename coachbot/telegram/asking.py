"""What the adapter asks by itself: may everything be erased, and when is the meeting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from coachbot import moments, nlp, store_erase
from coachbot.model import Act, Reading, Safety
from coachbot.moments import ZONE
from coachbot.telegram.incoming import Incoming
from coachbot.telegram.outgoing import ANSWER, DESK, Button, Do, Out, choices, paragraphs, say
from coachbot.telegram.parts import Parts, user_of

#: Open questions, as they stand in the database.
ERASE, WHEN, OFFER, RIGHT = "wis", "wanneer", "aanbod", "klopt"
#: An explicit question for the moment is asked this often before it is let go.
TRIES = 2


#: Topics of a counter-question after which a question is asked once more.
UNCLEAR = ("uitleg", "waarom", "gegevens")


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """A question of another part: how it is asked again, and what follows a yes or a no.

    Both are given what belongs to the question, as it stands in the database.
    """

    ask: Callable[[str, str], list[Out]]
    answer: Callable[[Incoming, str, bool], list[Out]]


class Asking:
    """Questions with their answers. `None` as an answer means: this was meant for the coach."""

    def __init__(self, parts: Parts, others: Mapping[str, YesOrNo]) -> None:
        """`others`: questions of other parts, answered with yes or no."""
        self.parts = parts
        self.others = others

    def answer(self, came: Incoming, text: str) -> list[Out] | None:
        """What a message says to the question that is open, if one is."""
        user = user_of(came.chat)
        asked = self.parts.inbox.asked(user)
        if asked is None:
            return None
        reading = nlp.read(self.parts.coach.language, text)
        if reading.safety is not Safety.NONE or self._is_command(text):
            self.parts.inbox.settle(user)
            return None
        kind, data = asked
        if kind in (WHEN, OFFER, RIGHT) and self._declines(text):
            return self._never_mind(user)
        if kind == ERASE:
            return self.erase(came, reading.act is Act.YES and not reading.rest)
        if kind == RIGHT:
            return self._right(user, data, text, reading)
        if kind in self.others:
            return self._yes_or_no(came, kind, data, reading)
        return self._moment(user, kind, data, text, reading)

    def _yes_or_no(
        self, came: Incoming, kind: str, data: str, reading: Reading
    ) -> list[Out] | None:
        """A yes, a no, or "what do you mean"; anything else is for the coach, and counts as no."""
        user, question = user_of(came.chat), self.others[kind]
        self.parts.inbox.settle(user)
        if reading.act is Act.UNSURE or reading.question in UNCLEAR:
            return question.ask(user, data)
        if reading.act not in (Act.YES, Act.NO, Act.ALMOST):
            return None
        return question.answer(came, data, reading.act is Act.YES)

    def press(self, came: Incoming, kind: str, choice: str) -> list[Out] | None:
        """A button under one of these questions; None when that question is no longer open."""
        user = user_of(came.chat)
        asked = self.parts.inbox.asked(user)
        if asked is None or asked[0] != kind:
            return None
        if kind == ERASE:
            return self.erase(came, choice == "ja")
        if kind in self.others:
            self.parts.inbox.settle(user)
            return self.others[kind].answer(came, asked[1], choice == "ja")
        if kind == RIGHT and choice == "ja":
            return self._plan(user, asked[1])
        if kind == RIGHT:
            return self._ask_when(user, asked[1].partition("|")[2])
        return self._never_mind(user)

    # -- erasing -----------------------------------------------------------------------------

    def ask_erase(self, user: str, chat: int) -> list[Out]:
        """Asks once, and only when there is something."""
        parts = self.parts
        if store_erase.gather(parts.coach.store, user, chat) is None:
            return say(parts.words.say("wis_leeg"))
        parts.inbox.ask(user, ERASE)
        buttons = parts.words.buttons
        return say(
            parts.words.say("wis"),
            self._row(ERASE, (buttons["wis_ja"], "ja"), (buttons["wis_nee"], "nee")),
        )

    def erase(self, came: Incoming, sure: bool) -> list[Out]:
        """Everything goes, or nothing."""
        user = user_of(came.chat)
        self.parts.inbox.settle(user)
        if not sure:
            return say(self.parts.words.say("wis_niet"))
        store_erase.erase(self.parts.coach.store, user, came.chat, came.id)
        return [Out(Do.SCRUB), *say(self.parts.words.say("wis_klaar"))]

    # -- the moment of the meeting -----------------------------------------------------------

    def ask_when(self, user: str) -> list[Out]:
        """The question that /herinner asks."""
        found = self.parts.coach.store.latest(user)
        return self._ask_when(user, str(found[0] if found else 0))

    def offer(self, user: str, session: int, told: str | None, since: datetime) -> list[Out]:
        """Offers a reminder at the end of a conversation; `told` is when the meeting is."""
        found = moments.when(told, since) if told else None
        if found and found.exact and found.at > self.parts.clock():
            return self._check(user, found.at, str(session))
        self.parts.inbox.ask(user, OFFER, f"0|{session}|")
        return say(self.parts.words.say("wanneer_aanbod"), self._no_reminder(OFFER))

    def _ask_when(self, user: str, session: str, sentence: str = "wanneer") -> list[Out]:
        self.parts.inbox.ask(user, WHEN, f"0|{session}|")
        return say(self.parts.words.say(sentence), self._no_reminder(WHEN))

    def _moment(
        self, user: str, kind: str, data: str, text: str, reading: Reading
    ) -> list[Out] | None:
        tries, session, day = data.split("|", 2)
        now = self.parts.clock()
        found = moments.when(f"{day} {text}" if day else text, now)
        if found is None:
            if reading.act is Act.NO:
                return self._never_mind(user)
            if reading.act is Act.YES and not reading.rest:
                return self._ask_when(user, session)
            if kind == OFFER:
                self.parts.inbox.settle(user)
                return None
            return self._again(user, int(tries) + 1, session)
        if not found.exact:
            self.parts.inbox.ask(user, WHEN, f"{tries}|{session}|{text}")
            return say(self.parts.words.say("hoe_laat"), self._no_reminder(WHEN))
        if found.at <= now:
            return self._ask_when(user, session, "voorbij")
        return self._check(user, found.at, session)

    def _again(self, user: str, tries: int, session: str) -> list[Out]:
        words = self.parts.words
        if tries >= TRIES:
            self.parts.inbox.settle(user)
            return [*say(words.say("wanneer_opgegeven")), *self.where_we_were(user)]
        self.parts.inbox.ask(user, WHEN, f"{tries}|{session}|")
        return say(words.say("wanneer_onduidelijk"), self._no_reminder(WHEN))

    def _check(self, user: str, at: datetime, session: str) -> list[Out]:
        """Gives the moment back before anything is planned."""
        parts = self.parts
        parts.inbox.ask(user, RIGHT, f"{at.isoformat()}|{session}")
        buttons = parts.words.buttons
        shown = parts.words.say("klopt", dag=self._day(at), tijd=f"{at:%H:%M}")
        return say(shown, self._row(RIGHT, (buttons["ja"], "ja"), (buttons["nee"], "nee")))

    def _right(self, user: str, data: str, text: str, reading: Reading) -> list[Out] | None:
        session = data.partition("|")[2]
        if moments.when(text, self.parts.clock()):
            return self._moment(user, WHEN, f"0|{session}|", text, reading)
        if reading.act is Act.YES:
            return self._plan(user, data)
        if reading.act in (Act.NO, Act.ALMOST):
            return self._ask_when(user, session)
        self.parts.inbox.settle(user)
        return None

    def _plan(self, user: str, data: str) -> list[Out]:
        parts = self.parts
        iso, _, session = data.partition("|")
        at, now = datetime.fromisoformat(iso), parts.clock()
        parts.inbox.settle(user)
        if at <= now:
            return self._ask_when(user, session, "voorbij")
        if parts.reminders.plan(user, int(session), at, now):
            done = parts.words.say("gepland_nu")
        else:
            early = (at - parts.reminders.before).astimezone(ZONE)
            done = parts.words.say("gepland", dag=self._day(early), tijd=f"{early:%H:%M}")
        return [*say(done), *self.where_we_were(user)]

    def _never_mind(self, user: str) -> list[Out]:
        self.parts.inbox.settle(user)
        return [*say(self.parts.words.say("niet_gepland")), *self.where_we_were(user)]

    # -- around it ---------------------------------------------------------------------------

    def where_we_were(self, user: str) -> list[Out]:
        """What was asked last, once more: by the exercise under way, else by the coach."""
        asked = self.parts.desk.open(user)
        if asked:
            return choices(
                paragraphs(asked.lines), asked.options, self.parts.desk.place(user), DESK
            )
        row, session = self.parts.coach.store.load(user)
        last = self.parts.coach.store.last_turn(user)
        if row is None or session is None or session.paused or last is None or last.session != row:
            return []
        if not last.reply.lines or not self.parts.coach.agreed(user):
            return []
        text = f"{self.parts.words.say('verder')} {last.reply.lines[-1]}"
        return choices(text, last.reply.options, last.update_id)

    def _declines(self, text: str) -> bool:
        """Are these the words on the button that wants no reminder?"""
        return text.strip().lower().strip(" .!") == self.parts.words.buttons["herinner_niet"]

    def _is_command(self, text: str) -> bool:
        """A word that the dialogue itself obeys, such as `stop`, is not an answer to this."""
        engine = self.parts.coach.engine
        said = text.strip().lower().strip(" /.!?,…")
        commands = engine.dialogues[engine.main].commands.values()
        return any(said in command.words for command in commands)

    def _day(self, at: datetime) -> str:
        return self.parts.words.day(at.astimezone(ZONE), self.parts.clock().astimezone(ZONE))

    def _no_reminder(self, kind: str) -> tuple[tuple[Button, ...], ...]:
        return self._row(kind, (self.parts.words.buttons["herinner_niet"], "nee"))

    def _row(self, kind: str, *answers: Button) -> tuple[tuple[Button, ...], ...]:
        return (tuple((label, f"{ANSWER}:{kind}:{choice}") for label, choice in answers),)
