"""Where practising meets the world: one message in, one answer out, everything kept in between.

`Desk.hear` answers while somebody is doing something here and gives None otherwise; then the
message is the coach's. A message that is not safe is always the coach's: it is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coachbot import (
    cards,
    content_practice,
    content_scan,
    content_sparring,
    nlp,
    practice_plan,
    practice_talk,
    sparring_own,
    sparring_talk,
)
from coachbot import scan as scanning
from coachbot.charts import Bars, Chart
from coachbot.model import Act, Reading, Reply, Safety
from coachbot.practice import quote
from coachbot.practice_checks import tokens
from coachbot.store import Store
from coachbot.store_practice import Activity, PracticeStore

if TYPE_CHECKING:
    from spacy.language import Language

PRACTISE, SPAR, SCAN = "practise", "spar", "scan"
#: Under this key of a state stands a message that may not be safe, until that is known.
WAITING = "not_sure_safe"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: the reply, and a picture where there is one."""

    reply: Reply
    chart: Chart | None = None
    #: A message that is not safe: the coach is to hear this one, and what comes after it.
    hand_over: str | None = None


class Desk:
    """Exercises, sparring and scans for every user of one database."""

    def __init__(
        self, store: Store, folder: Path, language: Language, clock: Callable[[], datetime]
    ) -> None:
        """`clock` gives the time with its zone."""
        self.rows = PracticeStore(store)
        self.language = language
        self.clock = clock
        self.practice = content_practice.load(folder)
        self.sparring = content_sparring.load(folder)
        self.scans = content_scan.load(folder)
        self.cards = content_scan.load_cards(folder)
        self._hears: dict[str, Callable[[str, Activity, Reading], Answer]] = {
            PRACTISE: self._practises,
            SPAR: self._spars,
            SCAN: self._scans,
        }

    def hear(self, user: str, text: str, update_id: str | None = None) -> Answer | None:
        """One message: answered again when it came before; None when it is the coach's."""
        activity = self.rows.activity(user)
        if activity is None:
            return None
        if update_id is not None and activity.update_id == update_id and activity.reply:
            return Answer(_reply(activity.reply))
        waiting = activity.state.get(WAITING)
        reading = nlp.read(self.language, text)
        if waiting is not None and reading.act is Act.NO and reading.safety is Safety.NONE:
            reading = replace(nlp.read(self.language, waiting), safety=Safety.NONE)
        elif reading.safety_certain or (waiting is not None and reading.act is Act.YES):
            self.rows.leave(user)
            return Answer(Reply(()), hand_over=text if reading.safety_certain else waiting)
        elif reading.safety is not Safety.NONE:
            return self._check(user, activity, text)
        state = {key: value for key, value in activity.state.items() if key != WAITING}
        with self.rows.db.atomic():
            answer = self._hears[activity.kind](user, replace(activity, state=state), reading)
        if update_id is not None:
            self.rows.answered(user, update_id)
        return answer

    def _check(self, user: str, activity: Activity, text: str) -> Answer:
        """A rehearsed sentence may sound like danger; rather one question too many than too few."""
        line = self.practice.phrases.talk["safe_check"][0].replace("{zin}", quote(text))
        reply = Reply((line,), tuple(self.practice.phrases.commands["safe"]))
        self._keep(user, activity.kind, {**activity.state, WAITING: text}, reply)
        return Answer(reply)

    # -- exercises ---------------------------------------------------------------------------

    def practise(self, user: str, kind: str | None = None) -> Answer:
        """The first exercise of a kind (`eigen`: somebody's own sentence), or what is due."""
        said = practice_talk.start(self._known(user), kind)
        return self._keep_practice(user, said)

    def progress(self, user: str) -> Answer:
        """`voortgang`: level, days in a row, and a bar for each kind of move."""
        known = self._known(user)
        found = practice_plan.progress(known.kinds, known.done, known.now)
        lines = practice_talk.report(found, known.phrases)
        return Answer(Reply(lines, ended=True), self._bars(found) if known.done else None)

    def _practises(self, user: str, activity: Activity, reading: Reading) -> Answer:
        kept: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in activity.state.items()
        }
        state = practice_talk.State(**kept)
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
        self._keep(user, PRACTISE, asdict(said.state) if said.state else None, said.reply)
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

    def spar(self, user: str, name: str | None = None) -> Answer | None:
        """The list of counterparts, or the first line of one; None when there is no such one."""
        latest = self.rows.store.latest(user)
        memory = latest[1].memory if latest else {}
        fill = sparring_own.own_case(memory, self.sparring.own_case)
        if name is None:
            return self._keep_sparring(user, None, sparring_talk.menu(self.sparring, fill))
        if name == content_sparring.OWN and not fill:
            return Answer(Reply((self.sparring.talk["own_missing"][0],), ended=True))
        scenario = sparring_talk.find(self.sparring, name, fill)
        if scenario is None:
            return None
        count = len(self.rows.runs(user, scenario.name))
        said = sparring_talk.begin(self.sparring, scenario, fill, count)
        return self._keep_sparring(user, None, said)

    def _spars(self, user: str, activity: Activity, reading: Reading) -> Answer:
        talk = sparring_talk.unpack(activity.state)
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
        self._keep(user, SPAR, state, said.reply)
        return Answer(said.reply, said.chart)

    # -- scans and cards ---------------------------------------------------------------------

    def scan(self, user: str, name: str | None = None) -> Answer | None:
        """The list of scans, or the first statement of one; None when there is no such one."""
        if name is None:
            return self._keep_scan(user, scanning.menu(self.scans.scans, self.scans.words))
        found = scanning.find(self.scans.scans, name)
        return self._keep_scan(user, scanning.begin(found, self.scans.words)) if found else None

    def _scans(self, user: str, activity: Activity, reading: Reading) -> Answer:
        taking = scanning.Taking(activity.state["scan"], tuple(activity.state["answers"]))
        before = self.rows.last_scan(user, taking.scan)
        said = scanning.respond(self.scans.scans, taking, reading, before, self.scans.words)
        if said.scores is not None:
            self.rows.scan_result(user, taking.scan, said.scores, self.clock())
        return self._keep_scan(user, said)

    def _keep_scan(self, user: str, said: scanning.Said) -> Answer:
        self._keep(user, SCAN, asdict(said.taking) if said.taking else None, said.reply)
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
        said = " ".join(kept.text for kept in latest[1].memory.values()) if latest else ""
        return cards.fitting(self.cards, set(tokens(said)))

    # -- what all activities share -----------------------------------------------------------

    def _keep(self, user: str, kind: str, state: Mapping[str, Any] | None, reply: Reply) -> None:
        if state is None:
            self.rows.leave(user)
        else:
            self.rows.keep(user, kind, state, self.clock(), None, asdict(reply))


def _reply(data: Mapping[str, Any]) -> Reply:
    return Reply(tuple(data["lines"]), tuple(data["options"]), ended=data["ended"])
