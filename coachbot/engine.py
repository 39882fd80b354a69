"""The machine that leads: `Engine.respond(session, reading) -> Turn`, pure, on `transitions`.

One `Machine` per dialogue, without a model and with one trigger; its options are tried in order
and the first match wins. Conditions are pure, so asking which option matches and then letting the
machine move gives one answer (`tests/test_engine.py` pins that).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coachbot import drafts, phrasing
from coachbot.conditions import overheard
from coachbot.dialogue import (
    MAX_SENTENCES,
    RESUME,
    Aside,
    Dialogue,
    Option,
    State,
    sentences,
)
from coachbot.intake import PHRASES, TOUCHED, pick_up, touched
from coachbot.machine import build, matches
from coachbot.model import Act, Level, Reading, Remembered, Reply, Rung, Safety, Session, Turn
from coachbot.parting import LOOKS, leave
from coachbot.picked import bare, chosen, picked
from coachbot.recall import recalled

#: After this many answers that do not fit, the coach says what it is after and offers to skip.
MISSES = 2
#: A slot that keeps the picked choice or number, not the words around it.
NUMBERS = ("temperatuur_voor", "temperatuur_na", "temperatuur_later", "zekerheid")


class Engine:
    """Dialogues by name; `main` is where a conversation starts, `safety` what overrides it."""

    def __init__(
        self, dialogues: Mapping[str, Dialogue], main: str = "gesprek", safety: str = "veiligheid"
    ) -> None:
        self.dialogues = dict(dialogues)
        self.main = main
        self.safety = safety
        self.machines = {name: build(dialogue) for name, dialogue in dialogues.items()}

    def fresh(self, channel: str = "terminal") -> Session:
        """A session at the very start, nothing said yet."""
        return Session(self.main, self.dialogues[self.main].start, channel=channel)

    def knows(self, session: Session) -> bool:
        """Does its state still exist? Dialogue files change while sessions rest in the store."""
        places = [(session.dialogue, session.state), *session.detours]
        return all(d in self.dialogues and s in self.dialogues[d].states for d, s in places)

    def forgets(self, session: Session) -> bool:
        """Does it end where nothing may be kept?"""
        return self._state(session).forget

    def open(self, session: Session) -> Turn:
        """The first line of a conversation, or the recap with which a paused one is taken up."""
        after = session.copy()
        lines: list[str] = []
        taken = "open"
        if session.last_reply:
            after.paused = False
            taken = "resume"
            # Before anything was told there is nothing to come back to.
            lines = [*self._recap(after)] if session.memory else []
        lines.append(self._ask(after, None, lines))
        return self._turn(session, after, Reading(text=""), lines, taken)

    def respond(self, session: Session, reading: Reading, previous: Session | None = None) -> Turn:
        """One message heard; `previous` is the session before the last turn, for `terug`."""
        turn = self._respond(session, reading, previous)
        if session.paused and turn.taken != "resume" and not turn.after.paused:
            recap = self._recap(turn.after)
            turn = replace(turn, reply=replace(turn.reply, lines=(*recap, *turn.reply.lines[-2:])))
        # What is recorded is what was typed, also when only a part of it was the answer.
        return replace(turn, reading=replace(turn.reading, text=reading.text))

    def after_goodbye(self, session: Session, reading: Reading, soon: bool) -> Turn | None:
        """What is said when it is over: to thanks, to a goodbye, to who wants to see the card.

        None for anything else, which begins a new conversation. `soon` after the goodbye, any
        short answer still belongs to it.
        """
        after = session.copy()
        command = self._command(after, reading)
        if reading.safety is Safety.NONE and command in LOOKS:
            return self._obey(session, after, reading, command, None)
        key = leave(reading, soon)
        if not key or key not in self.dialogues[after.dialogue].phrases:
            return None
        lines = [self._phrase(after, key, reading)]
        return self._turn(session, after, reading, lines, f"{after.dialogue}/*{key}")

    def reheard(self, turn: Turn, reading: Reading) -> Turn:
        """A turn that came back from a needless question; `reading` is of what was held for it."""
        after = replace(turn.after, held="")
        then = self._respond(after, replace(reading, safety=Safety.NONE), None)
        lines = (turn.reply.lines[0], *then.reply.lines[-2:])
        last = replace(then.after, last_reply=lines)
        taken = f"{turn.taken} {then.taken}"
        return replace(turn, after=last, reply=replace(then.reply, lines=lines), taken=taken)

    def _respond(self, session: Session, reading: Reading, previous: Session | None) -> Turn:
        after = session.copy()
        after.paused = False
        away = session.dialogue != self.safety
        states, level = self.dialogues[self.safety].states, self._state(session).level
        if away and overheard(session.said, reading, level, states):
            reading = replace(reading, safety=Safety.NONE)
        if away and reading.safety is not Safety.NONE:
            after.detours.append((session.dialogue, session.state))
            after.dialogue, after.state = self.safety, self.dialogues[self.safety].start
            after.held = "" if reading.safety_certain else reading.text
            return self._move(session, after, reading)
        reading = picked(self._state(after), reading)
        command = self._command(after, reading)
        if command:
            return self._obey(session, after, reading, command, previous)
        if not session.last_reply and reading.act is not Act.TELL:
            return replace(self.open(session), reading=reading)
        if session.paused and reading.act is Act.THANKS:
            thanked = self.after_goodbye(session, reading, soon=False)
            if thanked:
                return thanked
        if session.paused and reading.act in (Act.GREETING, Act.YES, Act.SILENCE):
            return replace(self.open(session), reading=reading)
        if session.skip_offered and reading.act is Act.YES:
            return self._skip(session, after, reading)
        if session.skip_offered and reading.act is Act.NO:
            if not reading.rest:
                return self._stay(session, after, reading)
            # The "nee" was for the skipping; what follows answers the question that is open.
            after.misses, after.skip_offered = 0, False
            reading = replace(reading, act=Act.TELL, text=reading.rest, rest="")
        if reading.act is Act.ALREADY:
            reading = recalled(self.dialogues[after.dialogue], after, reading)
        aside = self._aside(after, reading)
        if aside:
            return self._answer(session, after, reading, aside)
        turn = self._move(session, after, drafts.taken_up(after, reading))
        confirmed = reading.act is Act.YES or reading.safety is not Safety.NONE
        if confirmed and session.dialogue == after.dialogue == self.safety:
            after.held = ""  # it was no misunderstanding, and no answer to the coach
        return replace(turn, reading=reading)

    def _move(self, before: Session, after: Session, reading: Reading) -> Turn:
        lines: list[str] = []
        taken: list[str] = []
        origin = (after.dialogue, after.state)
        while True:
            state = self._state(after)
            # The machine must see what was seen here, not what this turn remembers or counts.
            seen = after.copy()
            index, option = _first(state, seen, reading)
            taken.append(f"{after.dialogue}/{state.name}#{index}")
            self._remember(after, option, reading, state)
            if option.miss and after.skip_offered and state.skip:
                return self._skip(before, after, reading)
            missed = self._missed(after, reading, option, state)
            if missed:
                return self._turn(before, after, reading, missed, " ".join(taken))
            if not bare(reading):
                after.mirrored = phrasing.heard(reading)
            lines += self._bridge(after, option, reading)
            self._go(after, option, reading, seen)
            if not self._state(after).junction:
                break
        after.heard |= reading.content
        if reading.rung is not Rung.NONE:
            after.rung, after.emotions = reading.rung, reading.emotions
        if option.goto == RESUME or (after.dialogue, after.state) != origin:
            after.misses, after.skip_offered = 0, False
        if not lines and self._state(before).intake and not self._state(after).final:
            lines = self._touched(after, reading)
        lines.append(self._ask(after, reading, lines))
        return self._turn(before, after, reading, lines, " ".join(taken))

    def _touched(self, after: Session, reading: Reading) -> list[str]:
        """One human line for who tells something heavy, said once in a conversation."""
        key = touched(reading)
        if not key or key not in self.dialogues[after.dialogue].phrases:
            return []
        return [] if after.said.keys() & set(TOUCHED) else [self._phrase(after, key, None)]

    def _go(self, after: Session, option: Option, reading: Reading, seen: Session) -> None:
        place = (after.dialogue, after.state)
        self.machines[after.dialogue].events["message"].trigger(after, seen, reading)
        if option.detour:
            after.detours.append(place)
        if option.goto == RESUME:
            after.dialogue, after.state = (
                after.detours.pop()
                if after.detours
                else (self.main, self.dialogues[self.main].start)
            )

    def _remember(self, after: Session, option: Option, reading: Reading, state: State) -> None:
        if state.intake:
            pick_up(after, reading)
        for slot in option.remember:
            if slot in PHRASES:
                phrase = getattr(reading.situation, PHRASES[slot]) or (
                    reading.situation.mentioned if slot == "ander" else None
                )
                text = phrase or (reading.text if reading.words <= 6 else "")
                if text:
                    after.memory[slot] = Remembered(text.strip(" ."))
            elif slot in NUMBERS:
                after.memory[slot] = Remembered(chosen(state, reading))
            else:
                turned = reading.reflection or reading.answer
                about = (turned, reading.gist, reading.rung, drafts.parts(reading))
                after.memory[slot] = Remembered((reading.rest or reading.text).strip(), *about)

    def _bridge(self, after: Session, option: Option, reading: Reading) -> list[str]:
        lines = []
        if option.mirror and not bare(reading):
            lines.append(self._say(after, "spiegel", ("{spiegel}",), reading))
        if option.say:
            key = f"{after.state}>{option.goto}"
            lines.append(self._say(after, key, option.say, reading))
        return lines

    def _missed(
        self, after: Session, reading: Reading, option: Option | Aside, state: State
    ) -> list[str]:
        """After two misses in one state: what the coach is after, and the offer to skip."""
        if not option.miss:
            return []
        after.misses += 1
        if after.misses < MISSES or not state.explain:
            return []
        lines = [self._say(after, f"{state.name}?", state.explain, reading)]
        if state.skip:
            after.skip_offered = True
            phrases = self.dialogues[after.dialogue].phrases["overslaan"]
            lines.append(self._say(after, "overslaan", phrases, reading))
        else:
            lines.append(self._ask(after, reading, lines))
        return lines

    def _aside(self, after: Session, reading: Reading) -> Aside | None:
        state = self._state(after)
        for aside in self.dialogues[after.dialogue].asides:
            if aside.name not in state.excuse and matches(aside, after, reading):
                return aside
        return None

    def _answer(self, before: Session, after: Session, reading: Reading, aside: Aside) -> Turn:
        state = self._state(after)
        taken = f"{after.dialogue}/*{aside.name}"
        if aside.miss and after.skip_offered and state.skip:
            turn = self._skip(before, after, reading)
            return replace(turn, taken=f"{taken} {turn.taken}")
        lines = self._missed(after, reading, aside, state)
        if not lines:
            own = state.hint if aside.hint else state.explain if aside.explain else ()
            say = own or aside.say
            lines = [self._say(after, f"*{aside.name}", say, reading)]
            if not lines[0].endswith("?"):
                lines.append(self._ask(after, reading, lines))
        return self._turn(before, after, reading, lines, taken)

    def _skip(self, before: Session, after: Session, reading: Reading) -> Turn:
        state = self._state(after)
        taken = [f"{after.dialogue}/{state.name}#skip"]
        after.state = state.skip or after.state
        after.misses, after.skip_offered = 0, False
        while self._state(after).junction:
            junction = self._state(after)
            index, option = _first(junction, after, reading)
            taken.append(f"{after.dialogue}/{junction.name}#{index}")
            self._go(after, option, reading, after)
        lines = [self._phrase(after, "overgeslagen", reading)]
        lines.append(self._ask(after, reading, lines))
        return self._turn(before, after, reading, lines, " ".join(taken))

    def _stay(self, before: Session, after: Session, reading: Reading) -> Turn:
        """Who does not want to skip is asked again, with a hint where there is one."""
        state = self._state(after)
        after.misses, after.skip_offered = 0, False
        lines = [self._say(after, "*weet_niet", state.hint, reading)] if state.hint else []
        if not lines or not lines[0].endswith("?"):
            lines.append(self._ask(after, reading, lines))
        taken = f"{after.dialogue}/{state.name}#stay"
        return self._turn(before, after, reading, lines, taken)

    def _command(self, after: Session, reading: Reading) -> str | None:
        said = reading.text.strip().lower().strip(" /.!?,…")
        for command in self.dialogues[after.dialogue].commands.values():
            if said in command.words or command.name == reading.question:
                return command.name
        return None

    def _obey(
        self,
        before: Session,
        after: Session,
        reading: Reading,
        name: str,
        previous: Session | None,
    ) -> Turn:
        """`overslaan`, `terug`, `samenvatting`, `kaart`, `pauze`, `stop`, `opnieuw`, `help`."""
        dialogue = self.dialogues[after.dialogue]
        command = dialogue.commands[name]
        taken = f"{after.dialogue}/!{name}"
        if name == "overslaan" and self._state(after).skip:
            turn = self._skip(before, after, reading)
            return replace(turn, taken=f"{taken} {turn.taken}")
        possible = {
            "terug": previous is not None,
            "samenvatting": bool(phrasing.overview(dialogue, after)),
            "kaart": bool(phrasing.card(dialogue, after)),
            "overslaan": False,
        }.get(name, True)
        if name == "terug" and previous is not None:
            said, last = after.said, after.last_reply
            after = previous.copy()
            after.said, after.last_reply = said, last
        if name == "opnieuw":
            after = replace(self.fresh(after.channel), said=after.said, last_reply=after.last_reply)
        variants = command.say if possible else command.otherwise or command.say
        line = self._say(after, f"!{name}", variants, reading)
        lines = [line]
        if name == "samenvatting" and possible:
            lines.append("\n".join(phrasing.overview(dialogue, after)))
        if name in ("pauze", "stop"):
            after.paused, after.ended = name == "pauze", name == "stop"
        elif not after.ended:
            lines.append(self._ask(after, None, lines[:1]))
        turn = self._turn(before, after, reading, lines, taken)
        reply = replace(turn.reply, card=name == "kaart" and possible)
        return replace(turn, reply=reply, undo=name == "terug" and possible)

    def _recap(self, after: Session) -> list[str]:
        dialogue = self.dialogues[after.dialogue]
        return [self._phrase(after, "hervat", None)] if "hervat" in dialogue.phrases else []

    def _phrase(self, after: Session, key: str, reading: Reading | None) -> str:
        return self._say(after, key, self.dialogues[after.dialogue].phrases[key], reading)

    def _ask(self, after: Session, reading: Reading | None, before: Sequence[str] = ()) -> str:
        """The state's question, in the room that the lines before it leave."""
        state = self._state(after)
        room = max(1, MAX_SENTENCES - sum(sentences(line) for line in before))
        return self._say(after, state.name, state.say, reading, room)

    def _say(
        self,
        after: Session,
        key: str,
        variants: tuple[str, ...],
        reading: Reading | None,
        room: int = MAX_SENTENCES,
    ) -> str:
        """Choose and fill a variant; count it, so that the next time it is another one."""
        words = phrasing.values(self.dialogues[after.dialogue], after, reading)
        words.setdefault("citaat", "")
        words.setdefault("spiegel", "")
        count = after.said.get(key, 0)
        after.said[key] = count + 1
        line = phrasing.choose(variants, words, count, after.last_reply, room)
        return phrasing.sentence_case(line)

    def _state(self, session: Session) -> State:
        return self.dialogues[session.dialogue].states[session.state]

    def _turn(
        self, before: Session, after: Session, reading: Reading, lines: list[str], taken: str
    ) -> Turn:
        state = self._state(after)
        here = (before.dialogue, before.state) == (after.dialogue, after.state)
        after.laps = before.laps + 1 if here else 0
        after.last_reply = tuple(lines)
        after.ended = after.ended or state.final
        options = tuple(choice.text for choice in state.choices)
        if after.skip_offered:
            labels = self.dialogues[after.dialogue].labels
            options = tuple(labels[key] for key in ("ja", "nee") if key in labels)
        reply = Reply(
            lines=tuple(lines),
            options=() if after.ended or after.paused else options,
            card=state.card,
            ended=after.ended and not before.ended,
            level=Level(state.level) if state.level else None,
            rung=reading.rung,
        )
        return Turn(before, after, reading, reply, taken)


def _first(state: State, session: Session, reading: Reading) -> tuple[int, Option]:
    """The first option that matches, with its number; `soundness` proves that there is one."""
    return next((i, o) for i, o in enumerate(state.next) if matches(o, session, reading))
