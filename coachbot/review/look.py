"""Templates to pages. Every Dutch word of the site stands in `templates/`; everything that is
filled in is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from coachbot.model import LADDER, Emotion
from coachbot.moments import ZONE

STATIC = files("coachbot.review").joinpath("static")


class Look:
    """The templates, compiled once, with the few helpers they use."""

    def __init__(self) -> None:
        self._env = Environment(
            loader=PackageLoader("coachbot.review"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.filters["local"] = local
        self._env.filters["query"] = query
        self._env.globals["RUNGS"] = LADDER[1:]
        self._env.globals["EMOTIONS"] = tuple(Emotion)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page; a name the template needs and was not given is an error, never a blank."""
        return HTMLResponse(self._env.get_template(template).render(values), status)

    def error(self, status: int) -> HTMLResponse:
        """A page that says what is wrong in a sentence, and nothing about the inside."""
        return self.page("error.html", status, name=None, code=status)


def local(at: datetime) -> datetime:
    """As the clock on the wall says it."""
    return at.astimezone(ZONE)


def query(pairs: Sequence[tuple[str, object]]) -> Markup:
    """("groep", 3), ("q", "rust") -> "?groep=3&amp;q=rust", without what is empty."""
    kept = [(name, str(value)) for name, value in pairs if value not in (None, "", False)]
    return Markup("?{}").format(urlencode(kept)) if kept else Markup("?")
