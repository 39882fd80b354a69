"""Theater van Besluit in a group chat: buttons and three commands in, what the group sees out.

Nobody's name is known here: players are numbers, and a mention of them shows who that is to the
people in the chat. Runs on the worker thread, in a transaction, like every other answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from coachbot import theater_talk
from coachbot.reminders import Reminder
from coachbot.telegram.incoming import GAME_BUTTON, Incoming
from coachbot.telegram.outgoing import Button, Do, Out, escape, paragraphs, split
from coachbot.telegram.parts import Parts, user_of
from coachbot.theater_talk import Game, Phase

#: What Telegram shows at most in the small window after a press.
ALERT = 200
#: Characters of an assignment or a decision of the group itself; all of them fit in one message.
TOLD = 500


class Playing:
    """The game of each group."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.theater = parts.theater

    def handle(self, came: Incoming) -> list[Out]:
        """A command or a button of a group."""
        data = self.parts.games.load(came.chat)
        game = theater_talk.unpack(data) if data else None
        if came.query:
            return self._press(came, game)
        name, _, rest = came.text.partition(" ")
        if name == "theater":
            return self._start(came, game, rest)
        if game is None:
            return []
        if name == "stop":
            return self._stop(came.chat, game)
        return self._decide(came, game, rest)

    def move(self, chat: int, to: int) -> None:
        """Telegram gave the group another number; the game goes along."""
        self.parts.games.move(chat, to)
        self.parts.reminders.move(user_of(chat), user_of(to))

    # -- commands ----------------------------------------------------------------------------

    def _start(self, came: Incoming, game: Game | None, told: str) -> list[Out]:
        if game is not None:
            return self._say("busy")
        made = theater_talk.new(self.theater, abs(came.id), told[:TOLD])
        self._keep(came.chat, made)
        return [self._invitation(came.chat, made)]

    def _stop(self, chat: int, game: Game) -> list[Out]:
        self._end(chat)
        return [Out(Do.SAY, paragraphs([*self._decided(game), *self._lines("stopped")]))]

    def _decide(self, came: Incoming, game: Game, decision: str) -> list[Out]:
        if game.phase is Phase.JOIN or game.phase is Phase.LOOK_BACK:
            return self._say("nothing")
        if not decision.strip():
            return self._say("empty")
        after = theater_talk.decide(game, decision.strip()[:TOLD])
        assert after is not None
        turn = theater_talk.rounds(self.theater, after)[after.round - 1]
        talk = self.theater.talk
        lines = [talk["decision"][0].format(besluit=escape(after.decisions[-1]))]
        lines += [talk["reflection"][0], *(f"- {question}" for question in turn.questions)]
        self.parts.reminders.cancel(user_of(came.chat))
        if not theater_talk.is_last(self.theater, after):
            self._keep(came.chat, after)
            return [Out(Do.SAY, paragraphs(lines), self._buttons(after, "volgende"))]
        self._end(came.chat)
        over = paragraphs([*self._decided(after), *self._lines("kept")])
        return [Out(Do.SAY, paragraphs(lines)), Out(Do.SAY, over)]

    # -- buttons -----------------------------------------------------------------------------

    def _press(self, came: Incoming, game: Game | None) -> list[Out]:
        """A button: `t:mee:0`, with the step of the game that it belongs to."""
        what, _, step = came.text.removeprefix(GAME_BUTTON).partition(":")
        if game is None:
            return self._alert(came, "over")
        if what == "mee":
            return self._join(came, game)
        number = self._number(came)
        if number is None:
            return self._alert(came, "stranger")
        if what == "kaart":
            return self._peek(came, game, number)
        if step != str(game.step):
            return self._alert(came, "over")
        if what == "begin":
            players = self.parts.games.players(came.chat)
            after = theater_talk.begin(self.theater, game, tuple(players))
            if after is None:
                return self._alert(came, "few", aantal=self.theater.least)
            return [self._quiet(came), *self._round(came.chat, after)]
        after = theater_talk.following(self.theater, game)
        if after is None:
            return self._alert(came, "over")
        return [self._quiet(came), *self._round(came.chat, after)]

    def _join(self, came: Incoming, game: Game) -> list[Out]:
        if game.phase is not Phase.JOIN:
            return self._alert(came, "begun")
        number, new = self.parts.games.join(came.chat, user_of(came.by))
        toast = self._text("you", speler=self._text("player", nummer=number))
        outs = [Out(Do.ACKNOWLEDGE, toast, target=came.query)]
        if new:
            shown = self._invitation(came.chat, game)
            outs.append(Out(Do.EDIT, shown.text, shown.buttons, str(came.message)))
        return outs

    def _peek(self, came: Incoming, game: Game, number: int) -> list[Out]:
        """The card of who pressed, in a window that only they see."""
        card = theater_talk.strategy(self.theater, game, number)
        if card is None:
            return self._alert(came, "over")
        return self._alert(came, "peek", strategie=card.name, uitleg=card.says)

    def _number(self, came: Incoming) -> int | None:
        user = user_of(came.by)
        players = self.parts.games.players(came.chat)
        return next((number for number, one in players.items() if one == user), None)

    # -- rounds and their clock --------------------------------------------------------------

    def _round(self, chat: int, game: Game) -> list[Out]:
        """A round begins: cards to the players, the assignment to the group, and the clock."""
        self._keep(chat, game)
        self._wind(chat, game)
        turn = theater_talk.rounds(self.theater, game)[game.round - 1]
        talk = self.theater.talk
        assignment = escape(turn.assignment)
        lines = [talk["assignment"][0].format(nummer=turn.number, opdracht=assignment)]
        players = self.parts.games.players(chat)
        outs: list[Out] = []
        if turn.open_cards:
            lines.append(talk["open_cards"][0])
            for label, card in turn.hands:
                filled = {"strategie": card.name, "uitleg": card.says}
                player = self._mention(int(label), players)
                lines.append(f"- {self._text('open_hand', speler=player, **filled)}")
        else:
            lines += self._lines("dealt")
            for label, card in turn.hands:
                if int(label) in players:
                    outs.append(self._deal(int(label), players, turn.number, card.name, card.says))
        lines += self._lines("clock", minuten=game.minutes)
        return [Out(Do.SAY, paragraphs(lines), self._buttons(game, "kaart")), *outs]

    def _deal(
        self, number: int, players: Mapping[int, str], turn: int, name: str, says: str
    ) -> Out:
        player = self._text("player", nummer=number)
        card = self._lines("card", nummer=turn, speler=player, strategie=name, uitleg=says)
        link = f"https://t.me/{self.parts.username}"
        shut = self._lines("shut", speler=self._mention(number, players), link=link)
        return Out(
            Do.DEAL,
            paragraphs(card),
            target=players[number].removeprefix("tg:"),
            otherwise=paragraphs(shut),
        )

    def tick(self, chat: int, reminder: Reminder) -> list[Out]:
        """The clock of a round: one minute left, or the time is over."""
        data = self.parts.games.load(chat)
        after = theater_talk.tick(theater_talk.unpack(data), reminder.session) if data else None
        if after is None:
            return []
        self._keep(chat, after)
        if after.phase is Phase.LAST_MINUTE and not reminder.late:
            self._wind(chat, after)
            return self._say("minute")
        if after.phase is Phase.LAST_MINUTE:
            # The bot was away: the minute that was left is over as well.
            over = theater_talk.tick(after, after.step)
            assert over is not None
            self._keep(chat, over)
        return self._say("time")

    def _wind(self, chat: int, game: Game) -> None:
        left = theater_talk.seconds(game)
        assert left is not None
        due = self.parts.clock() + timedelta(seconds=left)
        self.parts.reminders.wind(user_of(chat), game.step, due)

    # -- words -------------------------------------------------------------------------------

    def _invitation(self, chat: int, game: Game) -> Out:
        talk = self.theater.talk["open"][0]
        lines = [talk.format(rondes=self.theater.rounds, minuten=game.minutes)]
        lines += self._lines("join", aantal=self.theater.least)
        players = self.parts.games.players(chat)
        if players:
            names = ", ".join(self._mention(number, players) for number in players)
            lines += self._lines("joined", spelers=names)
        lines += self._lines("privacy")
        return Out(Do.SAY, paragraphs(lines), self._buttons(game, "mee", "begin"))

    def _decided(self, game: Game) -> list[str]:
        if not game.decisions:
            return []
        talk = self.theater.talk
        turns = theater_talk.rounds(self.theater, game)
        return [talk["done"][0]] + [
            talk["recorded"][0].format(
                nummer=number, opdracht=escape(turns[number - 1].assignment), besluit=escape(text)
            )
            for number, text in enumerate(game.decisions, 1)
        ]

    def _mention(self, number: int, players: Mapping[int, str]) -> str:
        """The player as HTML that Telegram ties to the person, without a name passing here."""
        label = self._text("player", nummer=number)
        user = players.get(number, "").removeprefix("tg:")
        return f'<a href="tg://user?id={user}">{label}</a>' if user else label

    def _text(self, key: str, **words: object) -> str:
        return self.theater.group[key][0].format(**words)

    def _lines(self, key: str, **words: object) -> list[str]:
        return [line.format(**words) for line in self.theater.group[key]]

    def _say(self, key: str, **words: object) -> list[Out]:
        return [Out(Do.SAY, paragraphs(self._lines(key, **words)))]

    def _alert(self, came: Incoming, key: str, **words: object) -> list[Out]:
        text = split(self._text(key, **words), ALERT)[0]
        return [Out(Do.ALERT, text, target=came.query)]

    def _quiet(self, came: Incoming) -> Out:
        return Out(Do.ACKNOWLEDGE, target=came.query)

    def _buttons(self, game: Game, *names: str) -> tuple[tuple[Button, ...], ...]:
        shown = self.theater.buttons
        return (tuple((shown[name], f"{GAME_BUTTON}{name}:{game.step}") for name in names),)

    # -- keeping -----------------------------------------------------------------------------

    def _keep(self, chat: int, game: Game) -> None:
        self.parts.games.keep(chat, game.pack(), self.parts.clock())

    def _end(self, chat: int) -> None:
        self.parts.reminders.cancel(user_of(chat))
        self.parts.games.end(chat)
