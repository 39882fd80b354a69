"""Where practising meets the world: one message in, one answer out, everything kept in between.

`Desk.hear` answers while somebody is doing something here and gives None otherwise; then the
message is the coach's. A message that is not safe is always the coach's: it is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from coachbot import (
    cards,
    content_sparring,
    nlp,
    practice_plan,
    practice_talk,
    sparring_own,
    sparring_talk,
)
from coachbot import scan as scanning
from coachbot.charts import Bars
from coachbot.content_all import Material
from coachbot.desk_answer import Answer, pack, unpack
from coachbot.model import Act, Reading, Reply, Safety
from coachbot.practice import quote
from coachbot.store import Store
from coachbot.store_practice import Activity, PracticeStore

if TYPE_CHECKING:
    from spacy.language import Language

PRACTISE, SPAR, SCAN = "practise", "spar", "scan"
#: Under these keys of a state: a message that may not be safe, until that is known; and a pause.
WAITING, PAUSED = "not_sure_safe", "paused"
#: What somebody who comes back says before going on.
HELLO = (Act.GREETING, Act.YES, Act.SILENCE)


class Desk:
    """Exercises, sparring and scans for every user of one database.

    What has an `update_id` is done once: when the same update comes again, so does its answer.
    """

    def __init__(
        self, store: Store, material: Material, language: Language, clock: Callable[[], datetime]
    ) -> None:
        """`clock` gives the time with its zone."""
        self.rows = PracticeStore(store)
        self.language = language
        self.clock = clock
        self.practice = material.practice
        self.sparring = material.sparring
        self.scans = material.scans
        self.cards = material.cards
        self._hears: dict[str, Callable[[str, Activity, Reading], Answer]] = {
            PRACTISE: self._practises,
            SPAR: self._spars,
            SCAN: self._scans,
        }

    def hear(self, user: str, text: str, update_id: str | None = None) -> Answer | None:
        """One message: answered again when it came before; None when it is the coach's."""
        return self._once(user, update_id, lambda: self._hear(user, text))

    def open(self, user: str) -> Reply | None:
        """What is asked of somebody now, once more; None when nothing is under way."""
        activity = self.rows.activity(user)
        return self._where(user, activity) if activity else None

    def place(self, user: str) -> str:
        """A name for the question that is open, the same until it is answered; "" for none."""
        activity = self.rows.activity(user)
        if activity is None:
            return ""
        state = activity.state
        if WAITING in state:
            return "safe"
        match activity.kind:
            case "practise":
                return f"{state['phase']}.{state['exercise'] or len(state['steps'])}"
            case "scan":
                return f"{state['scan']}.{len(state['answers'])}"
            case _:
                return f"{state['phase']}.{state['row'] or 0}"

    def resume(self, user: str) -> Reply | None:
        """Welcomes somebody back to what was under way; None when there was nothing."""
        activity = self.rows.activity(user)
        if activity is None:
            return None
        if activity.state.get(PAUSED):
            self._set(user, activity, PAUSED, None)
        asked = self._where(user, activity)
        line = self._talk(activity)[0]["resumed"][0]
        return replace(asked, lines=(line, *asked.lines))

    def obeys(self, user: str, word: str) -> bool:
        """Is this a word that steers what is under way?"""
        activity = self.rows.activity(user)
        return activity is not None and any(word in w for w in self._talk(activity)[1].values())

    def leave(self, user: str) -> None:
        """Nothing is under way any more."""
        self.rows.leave(user)

    def _once(
        self, user: str, update_id: str | None, work: Callable[[], Answer | None]
    ) -> Answer | None:
        """Does it in one transaction with its answer; what was done before is only said again."""
        if update_id is not None:
            before = self.rows.answer(user, update_id)
            if before:
                return unpack(before)
        with self.rows.db.atomic():
            answer = work()
            # What is handed over is kept by the coach, who knows the update as well.
            if answer and update_id is not None and answer.hand_over is None:
                self.rows.answered(user, update_id, pack(answer), self.clock())
        return answer

    def _hear(self, user: str, text: str) -> Answer | None:
        activity = self.rows.activity(user)
        if activity is None:
            return None
        waiting = activity.state.get(WAITING)
        reading = nlp.read(self.language, text)
        if waiting is not None and reading.act is Act.NO and reading.safety is Safety.NONE:
            reading = replace(nlp.read(self.language, waiting), safety=Safety.NONE)
        elif reading.safety_certain or (waiting is not None and reading.act is Act.YES):
            self.rows.leave(user)
            return Answer(Reply(()), hand_over=text if reading.safety_certain else waiting)
        elif reading.safety is not Safety.NONE:
            self._set(user, activity, WAITING, text)
            return Answer(self._check(text))
        steered = self._steers(user, activity, reading)
        if steered:
            return steered
        state = {k: v for k, v in activity.state.items() if k not in (WAITING, PAUSED)}
        return self._hears[activity.kind](user, replace(activity, state=state), reading)

    def _check(self, text: str) -> Reply:
        """A rehearsed sentence may sound like danger; rather one question too many than too few."""
        line = self.practice.phrases.talk["safe_check"][0].replace("{zin}", quote(text))
        return Reply((line,), tuple(self.practice.phrases.commands["safe"]))

    def _steers(self, user: str, activity: Activity, reading: Reading) -> Answer | None:
        """Words that mean the same in everything that is done here: help and pause."""
        if activity.state.get(PAUSED) and reading.act in HELLO:
            back = self.resume(user)
            return Answer(back) if back else None
        talk, commands = self._talk(activity)
        said = reading.text.strip().lower().strip(" /.!?,…")
        if said in commands["pause"]:
            self._set(user, activity, PAUSED, True)
            return Answer(Reply((talk["paused"][0],)), paused=True)
        if said in commands["help"]:
            asked = self._where(user, activity)
            return Answer(replace(asked, lines=(talk["help"][0], *asked.lines)))
        return None

    def _talk(
        self, activity: Activity
    ) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
        """What is said around an activity, and the words that steer it."""
        if activity.kind == PRACTISE:
            return self.practice.phrases.talk, self.practice.phrases.commands
        if activity.kind == SPAR:
            return self.sparring.talk, self.sparring.commands
        return self.scans.words.talk, self.scans.words.commands

    def _where(self, user: str, activity: Activity) -> Reply:
        if activity.state.get(WAITING):
            return self._check(activity.state[WAITING])
        state = {k: v for k, v in activity.state.items() if k != PAUSED}
        if activity.kind == PRACTISE:
            return practice_talk.where(self._known(user), _exercising(state))
        if activity.kind == SPAR:
            return sparring_talk.where(self.sparring, sparring_talk.unpack(state))
        return scanning.where(self.scans.scans, _taking(state), self.scans.words)

    def _set(self, user: str, activity: Activity, key: str, value: Any) -> None:
        state = {k: v for k, v in activity.state.items() if k != key}
        if value is not None:
            state[key] = value
        self.rows.keep(user, activity.kind, state, self.clock())

    # -- exercises ---------------------------------------------------------------------------

    def practise(self, user: str, kind: str | None = None, update_id: str | None = None) -> Answer:
        """The first exercise of a kind (`eigen`: somebody's own sentence), or what is due.

        A kind is told by its name or words of its title; what is no kind gets the list.
        """

        def begin() -> Answer:
            known = self._known(user)
            named = practice_talk.find(known, kind) if kind else None
            if kind and named is None:
                return self._keep_practice(user, practice_talk.menu(known))
            return self._keep_practice(user, practice_talk.start(known, named))

        return _there(self._once(user, update_id, begin))

    def progress(self, user: str, update_id: str | None = None) -> Answer:
        """`voortgang`: level, days in a row, and a bar for each kind of move."""

        def look() -> Answer:
            known = self._known(user)
            found = practice_plan.progress(known.kinds, known.done, known.now)
            lines = practice_talk.report(found, known.phrases)
            asked = self.open(user)
            reply = replace(asked, lines=lines + asked.lines) if asked else Reply(lines, ended=True)
            return Answer(reply, self._bars(found) if known.done else None)

        return _there(self._once(user, update_id, look))

    def _practises(self, user: str, activity: Activity, reading: Reading) -> Answer:
        state = _exercising(activity.state)
        return self._keep_practice(user, practice_talk.respond(self._known(user), state, reading))

    def _keep_practice(self, user: str, said: practice_talk.Said) -> Answer:
        now = self.clock()
        attempt = said.attempt
        if attempt:
            self.rows.attempt(user, attempt, now)
        if attempt and attempt.final and attempt.kind != practice_talk.OWN:
            graded = practice_plan.rating(attempt.feedback.passed, attempt.tries)
            held = self.rows.card(user, attempt.exercise)
            card, due = practice_plan.review(attempt.exercise, held, graded, now)
            self.rows.schedule(user, attempt.exercise, card, due)
        self._keep(user, PRACTISE, asdict(said.state) if said.state else None)
        return Answer(said.reply, self._bars(said.progress) if said.progress else None)

    def _known(self, user: str) -> practice_talk.Known:
        return practice_talk.Known(
            self.practice.kinds,
            self.practice.phrases,
            self.rows.done(user),
            self.rows.due(user),
            self.clock(),
        )

    def _bars(self, found: practice_plan.Progress) -> Bars:
        talk = self.practice.phrases.talk
        rows = tuple((kind.title, passed / total, None) for kind, passed, total in found.rows)
        return Bars(talk["picture"][0], rows, note=talk["picture_axis"][0])

    # -- sparring ----------------------------------------------------------------------------

    def spar(
        self, user: str, name: str | None = None, update_id: str | None = None
    ) -> Answer | None:
        """The list of counterparts, or the first line of one; None when there is no such one."""

        def begin() -> Answer | None:
            fill = self._own_case(user)
            if name is None:
                return self._keep_sparring(user, None, sparring_talk.menu(self.sparring, fill))
            if name == content_sparring.OWN and not fill:
                return Answer(Reply((self.sparring.talk["own_missing"][0],), ended=True))
            return self._begin_sparring(user, name, fill)

        return self._once(user, update_id, begin)

    def _own_case(self, user: str) -> dict[str, str]:
        latest = self.rows.store.latest(user)
        return sparring_own.own_case(latest[1].memory if latest else {}, self.sparring.own_case)

    def _begin_sparring(self, user: str, name: str, fill: Mapping[str, str]) -> Answer | None:
        scenario = sparring_talk.find(self.sparring, name, fill)
        if scenario is None:
            return None
        count = len(self.rows.runs(user, scenario.name))
        said = sparring_talk.begin(self.sparring, scenario, fill, count)
        return self._keep_sparring(user, None, said)

    def _spars(self, user: str, activity: Activity, reading: Reading) -> Answer:
        talk = sparring_talk.unpack(activity.state)
        if talk.phase == "choose":
            begun = self._begin_sparring(user, reading.text, talk.fill)
            if begun:
                return begun
        earlier = self.rows.runs(user, talk.run.scenario) if talk.run else []
        stop = self.practice.phrases.stop
        said = sparring_talk.respond(self.sparring, talk, reading, stop, earlier)
        return self._keep_sparring(user, talk, said)

    def _keep_sparring(
        self, user: str, before: sparring_talk.Talk | None, said: sparring_talk.Said
    ) -> Answer:
        now = self.clock()
        after = said.talk
        row = before.row if before else None
        if after and after.run and row is None:
            row = self.rows.begin_run(user, after.run.scenario, now)
        if row is not None and said.rewound:
            self.rows.rewind(user, row, said.rewound)
        if row is not None and said.moment:
            self.rows.spar_turn(user, row, sparring_talk.turn(said.moment, said.number), now)
        if row is not None and said.summary:
            figures = sparring_talk.figures(said.summary)
            self.rows.end_run(user, row, said.summary.outcome, figures, now)
        state = asdict(replace(after, row=row)) if after else None
        self._keep(user, SPAR, state)
        return Answer(said.reply, said.chart)

    # -- scans and cards ---------------------------------------------------------------------

    def scan(
        self, user: str, name: str | None = None, update_id: str | None = None
    ) -> Answer | None:
        """The list of scans, or the first statement of one; None when there is no such one."""

        def begin() -> Answer | None:
            if name is None:
                return self._keep_scan(user, scanning.menu(self.scans.scans, self.scans.words))
            found = scanning.find(self.scans.scans, name)
            return self._keep_scan(user, scanning.begin(found, self.scans.words)) if found else None

        return self._once(user, update_id, begin)

    def _scans(self, user: str, activity: Activity, reading: Reading) -> Answer:
        taking = _taking(activity.state)
        before = self.rows.last_scan(user, taking.scan)
        said = scanning.respond(self.scans.scans, taking, reading, before, self.scans.words)
        if said.scores is not None:
            self.rows.scan_result(user, taking.scan, said.scores, self.clock())
        return self._keep_scan(user, said)

    def _keep_scan(self, user: str, said: scanning.Said) -> Answer:
        self._keep(user, SCAN, asdict(said.taking) if said.taking else None)
        return Answer(said.reply, said.chart)

    def card(self, user: str, draw: int, name: str | None = None) -> Answer | None:
        """A card by name, the one that fits the last conversation (`draw` < 0), or any one."""
        if name is not None:
            found = cards.find(self.cards, name)
            return Answer(Reply(cards.lines(found), ended=True)) if found else None
        chosen = self.fitting_card(user) if draw < 0 else None
        chosen = chosen or self.cards[abs(draw) % len(self.cards)]
        return Answer(Reply(cards.lines(chosen), ended=True))

    def fitting_card(self, user: str) -> cards.Card | None:
        """The card that the user's last conversation touches; None when it touches none."""
        latest = self.rows.store.latest(user)
        return cards.touched(self.cards, latest[1].memory) if latest else None

    # -- what all activities share -----------------------------------------------------------

    def _keep(self, user: str, kind: str, state: Mapping[str, Any] | None) -> None:
        if state is None:
            self.rows.leave(user)
        else:
            self.rows.keep(user, kind, state, self.clock())


def _there(answer: Answer | None) -> Answer:
    assert answer is not None
    return answer


def _exercising(data: Mapping[str, Any]) -> practice_talk.State:
    kept: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return practice_talk.State(**kept)


def _taking(data: Mapping[str, Any]) -> scanning.Taking:
    return scanning.Taking(data["scan"], tuple(data["answers"]))
