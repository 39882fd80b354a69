"""One session: to read, to print, to note and to correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from coachbot import phrasing
from coachbot.dialogue import Dialogue
from coachbot.model import LADDER, Emotion, Rung
from coachbot.review import pictures
from coachbot.review.door import Visit, clean
from coachbot.review.marks import Mark, Stretch, stretches
from coachbot.review_session import SessionView, TurnView
from coachbot.review_session import view as session_view
from coachbot.store_notes import MAX_NOTE, Notes
from coachbot.store_review import Review

#: What may be said of a turn: every rung, also "off the ladder".
CHOICES = LADDER


@dataclass(frozen=True, slots=True)
class Shown:
    """A turn as it is shown: its number among the messages, its marks, and what counts of it."""

    turn: TurnView
    number: int | None
    marks: tuple[Stretch, ...]
    rung: Rung
    blame: bool
    emotions: tuple[Emotion, ...]


class SessionPages:
    """The pages of one session; `titles` name exercises and counterparts."""

    def __init__(self, dialogue: Dialogue, titles: Mapping[str, str]) -> None:
        self.dialogue = dialogue
        self.titles = titles

    def read(self, visit: Visit) -> Response:
        """The session, with the forms. Written in the access log."""
        return self._show(visit, _open(visit), "session.html")

    def paper(self, visit: Visit) -> Response:
        """The same to print: without forms, everything unfolded. Written in the access log."""
        return self._show(visit, _open(visit), "session_print.html")

    def picture(self, visit: Visit) -> Response:
        """The climb. Written in the access log as well: it is part of the session."""
        shown = _turns(_open(visit))
        drawn = pictures.climb(
            tuple(one.rung for one in shown if one.number),
            tuple(one.blame for one in shown if one.number),
        )
        return Response(drawn, media_type="image/svg+xml")

    def note(self, visit: Visit) -> Response:
        """A note with the session, or with one turn of it."""
        session = visit.numbers["session"]
        turn = visit.numbers.get("turn")
        text = clean(visit.form.get("tekst", ""))
        if not text or len(text) > MAX_NOTE:
            problem = "notitie_leeg" if not text else "notitie_lang"
            return self._again(visit, problem, turn, text)
        if Notes(visit.store).add(visit.facilitator.id, session, text, turn) is None:
            raise HTTPException(404)
        return _back(session, "notitie", turn)

    def remove_note(self, visit: Visit) -> Response:
        """A note goes."""
        session = visit.numbers["session"]
        if not Notes(visit.store).remove(visit.facilitator.id, visit.numbers["note"]):
            raise HTTPException(404)
        return _back(session, "notitie_weg", None)

    def correct(self, visit: Visit) -> Response:
        """Another reading of a turn, beside the first one; or the first one again."""
        session, turn = visit.numbers["session"], visit.numbers["turn"]
        _belongs(visit, session, turn)
        notes = Notes(visit.store)
        if "weg" in visit.form:
            if not notes.uncorrect(visit.facilitator.id, turn):
                raise HTTPException(404)
            return _back(session, "verbetering_weg", turn)
        try:
            rung = Rung(visit.form.get("trede", ""))
            emotions = tuple(dict.fromkeys(map(Emotion, visit.form.getlist("gevoel"))))
        except ValueError:
            return self._again(visit, "verbetering_onbekend", turn, "")
        blame = visit.form.get("verwijt") == "ja"
        if notes.correct(visit.facilitator.id, turn, rung, blame, emotions) is None:
            raise HTTPException(404)
        return _back(session, "verbetering", turn)

    def _again(self, visit: Visit, problem: str, turn: int | None, typed: str) -> Response:
        """The session once more, with what was wrong and what had been typed."""
        return self._show(visit, _open(visit), "session.html", 422, problem, turn, typed)

    def _show(
        self,
        visit: Visit,
        view: SessionView,
        template: str,
        status: int = 200,
        problem: str = "",
        turn: int | None = None,
        typed: str = "",
    ) -> Response:
        shown = _turns(view)
        return visit.page(
            template,
            status,
            view=view,
            row=view.row,
            turns=shown,
            card=phrasing.card(self.dialogue, view.session),
            titles=self.titles,
            climbed=[one for one in shown if one.number and one.rung is not Rung.NONE],
            choices=CHOICES,
            most=MAX_NOTE,
            problem=problem,
            problem_turn=turn,
            typed=typed,
            Mark=Mark,
        )


def _open(visit: Visit) -> SessionView:
    """The session, and a line in the access log; 404 when it is not shared with them."""
    number = visit.numbers["session"]
    view = session_view(visit.store, visit.facilitator.id, number)
    if view is None:
        raise HTTPException(404)
    Review(visit.store).opened(visit.facilitator.id, number)
    return view


def _belongs(visit: Visit, session: int, turn: int) -> None:
    view = session_view(visit.store, visit.facilitator.id, session)
    if view is None or all(one.id != turn for one in view.turns):
        raise HTTPException(404)


def _turns(view: SessionView) -> tuple[Shown, ...]:
    """Every turn; the messages that were not taken back are numbered from 1."""
    shown = []
    number = 0
    for turn in view.turns:
        counts = bool(turn.text) and not turn.undone
        number += counts
        fixed, reading = turn.correction, turn.reading
        shown.append(
            Shown(
                turn,
                number if counts else None,
                stretches(turn.text, reading),
                fixed.rung if fixed else Rung(reading["rung"]),
                fixed.blame if fixed else bool(reading["blame"]),
                fixed.emotions if fixed else tuple(map(Emotion, reading["emotions"])),
            )
        )
    return tuple(shown)


def _back(session: int, done: str, turn: int | None) -> Response:
    place = f"#beurt-{turn}" if turn else "#notities"
    return RedirectResponse(f"/gesprekken/{session}?gedaan={done}{place}", 303)
