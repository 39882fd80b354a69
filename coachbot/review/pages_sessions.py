"""The list of sessions: filter, sort, search, leaf; and the export of what is chosen."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from coachbot import export
from coachbot.review import filters
from coachbot.review.door import Visit
from coachbot.store_groups import Groups
from coachbot.store_review import Filter, Found, Review, Sort

FORMATS = {
    "csv": ("text/csv; charset=utf-8", export.csv_lines),
    "jsonl": ("application/x-ndjson", export.json_lines),
}
#: Sessions in one export from a page; the command has no limit.
MOST = 1_000


def listing(visit: Visit) -> Response:
    """Every session that is shared with a group of this facilitator, as wished."""
    wish = filters.read(visit.query)
    return _show(visit, wish, _found(visit, wish), 422 if wish.problems else 200)


def download(visit: Visit) -> Response:
    """What was chosen, as a file. Written in the access log of every session that is in it."""
    wish = filters.read(visit.form)
    form = visit.form.get("vorm", "")
    if wish.problems or form not in FORMATS:
        raise HTTPException(400)
    found = _found(visit, wish)
    if found.page.total > MOST:
        return _show(visit, wish, found, 422, MOST)
    kind, lines = FORMATS[form]
    records = list(export.records(visit.store, visit.facilitator.id, wish.filter, wish.search))
    Review(visit.store).exported(visit.facilitator.id, {one["session"] for one in records})
    return Response(
        "".join(lines(records)),
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="gesprekken.{form}"'},
    )


def _found(visit: Visit, wish: filters.Wish) -> Found:
    review, reader = Review(visit.store), visit.facilitator.id
    if wish.search:
        return review.search(
            reader, wish.search, wish.filter, wish.sort, wish.descending, wish.number
        )
    page = review.sessions(reader, wish.filter, wish.sort, wish.descending, wish.number)
    return Found(page, {})


def _show(
    visit: Visit, wish: filters.Wish, found: Found, status: int, too_many: int = 0
) -> Response:
    return visit.page(
        "sessions.html",
        status,
        wish=wish,
        groups=Groups(visit.store).of(visit.facilitator.id),
        sorts=tuple(Sort),
        empty=Filter(),
        page=found.page,
        hits=found.hits,
        capped=found.capped,
        fault=found.fault,
        too_many=too_many,
    )
