"""The groups of a facilitator: make one, see who joined and how they fare, close it."""

from __future__ import annotations

import io
import math

import segno
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from coachbot.group_figures import figures
from coachbot.review import filters
from coachbot.review.door import Visit, clean
from coachbot.store_groups import MAX_NAME, GroupError, Groups, deep_link

#: Members on one page.
SIZE = 60


class GroupPages:
    """The pages of groups; `bot` is the Telegram bot's name, None when there is none."""

    def __init__(self, bot: str | None) -> None:
        self.bot = bot

    def all(self, visit: Visit) -> Response:
        """Every group, and a form for a new one."""
        return self._list(visit)

    def make(self, visit: Visit) -> Response:
        """A new group."""
        name = " ".join(clean(visit.form.get("naam", "")).split())
        if not name or len(name) > MAX_NAME:
            return self._list(visit, "lang" if name else "leeg", name)
        try:
            group = Groups(visit.store).create(visit.facilitator.id, name)
        except GroupError as error:
            raise HTTPException(400) from error
        return RedirectResponse(f"/groepen/{group.id}?gedaan=gemaakt", 303)

    def one(self, visit: Visit) -> Response:
        """A group: how to join, who is in it, its figures."""
        groups, number = Groups(visit.store), visit.numbers["group"]
        group = groups.get(visit.facilitator.id, number)
        if group is None:
            raise HTTPException(404)
        link = deep_link(self.bot, group.code) if self.bot else None
        members = groups.members(visit.facilitator.id, number)
        pages = max(1, math.ceil(len(members) / SIZE))
        page = min(filters.page(visit.query.get("leden", "")), pages)
        return visit.page(
            "group.html",
            group=group,
            total=len(members),
            members=members[(page - 1) * SIZE : page * SIZE],
            number=page,
            pages=pages,
            figures=figures(visit.store, visit.facilitator.id, number),
            link=link,
            qr=_qr(link) if link and not group.closed else None,
        )

    def close(self, visit: Visit) -> Response:
        """Nobody can join any more."""
        number = visit.numbers["group"]
        if not Groups(visit.store).close(visit.facilitator.id, number):
            raise HTTPException(404)
        return RedirectResponse(f"/groepen/{number}?gedaan=gesloten", 303)

    def _list(self, visit: Visit, problem: str = "", typed: str = "") -> Response:
        return visit.page(
            "groups.html",
            422 if problem else 200,
            groups=Groups(visit.store).of(visit.facilitator.id),
            problem=problem,
            typed=typed,
        )


def _qr(link: str) -> Markup:
    """The link as an SVG to put into the page."""
    drawn = io.BytesIO()
    segno.make(link, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, scale=5, border=2, omitsize=True
    )
    # segno writes only paths made from the code; nothing that was typed passes unescaped.
    return Markup(drawn.getvalue().decode("ascii"))
