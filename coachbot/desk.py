"""Where practising meets the world: one message in, one answer out, everything kept in between.

`Desk.hear` answers while somebody is doing something here and gives None otherwise; then the
message is the coach's. A message that is not safe is always the coach's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coachbot import content_practice, nlp, practice_plan, practice_talk
from coachbot.charts import Bars, Chart
from coachbot.model import Reading, Reply, Safety
from coachbot.store import Store
from coachbot.store_practice import Activity, PracticeStore

if TYPE_CHECKING:
    from spacy.language import Language

PRACTISE, SPAR, SCAN = "practise", "spar", "scan"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: the reply, and a picture where there is one."""

    reply: Reply
    chart: Chart | None = None


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
        self._hears: dict[str, Callable[[str, Activity, Reading], Answer]] = {
            PRACTISE: self._practises,
        }

    def hear(self, user: str, text: str, update_id: str | None = None) -> Answer | None:
        """One message: answered again when it came before; None when it is the coach's."""
        activity = self.rows.activity(user)
        if activity is None:
            return None
        if update_id is not None and activity.update_id == update_id and activity.reply:
            return Answer(_reply(activity.reply))
        reading = nlp.read(self.language, text)
        if reading.safety is not Safety.NONE:
            self.rows.leave(user)
            return None
        with self.rows.db.atomic():
            return self._hears[activity.kind](user, activity, reading)

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
        state = practice_talk.State(
            **{k: tuple(v) if isinstance(v, list) else v for k, v in activity.state.items()}
        )
        return self._keep_practice(
            user, practice_talk.respond(self._known(user), state, reading)
        )

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

    # -- what all activities share -----------------------------------------------------------

    def _keep(
        self, user: str, kind: str, state: Mapping[str, Any] | None, reply: Reply
    ) -> None:
        if state is None:
            self.rows.leave(user)
        else:
            self.rows.keep(user, kind, state, self.clock(), None, asdict(reply))


def _reply(data: Mapping[str, Any]) -> Reply:
    return Reply(tuple(data["lines"]), tuple(data["options"]), ended=data["ended"])
