"""The climb of a session as a drawing: a dot a message, on the ladder, with its three levels."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

from coachbot.model import LADDER, LEVEL_OF, Rung
from coachbot.picture import ACCENT, INK, SOFT

#: Inches; the drawing is scaled to the page.
WIDE, HIGH = 4.0, 2.7
RUNGS = LADDER[1:]
BANDS = ("#f3efe6", "#fdf1ea", "#eaf3ea")
BLAME = "#9a3412"

#: matplotlib keeps fonts and settings in one place for all threads.
_drawing = Lock()


@lru_cache(maxsize=256)
def climb(rungs: tuple[Rung, ...], blamed: tuple[bool, ...]) -> bytes:
    """The climb as SVG; what is off the ladder is left out. Holds no word of anybody.

    Blame has a shape of its own (a triangle), so that colour is not needed to see it.
    """
    with _drawing:
        return _draw(rungs, blamed)


def _draw(rungs: Sequence[Rung], blamed: Sequence[bool]) -> bytes:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    points = [
        (number, RUNGS.index(rung), blame)
        for number, (rung, blame) in enumerate(zip(rungs, blamed, strict=True), start=1)
        if rung is not Rung.NONE
    ]
    figure = Figure(figsize=(WIDE, HIGH), facecolor="none")
    axes = figure.add_axes((0.225, 0.1, 0.625, 0.88))
    _bands(axes, max(len(rungs), 2))
    axes.plot([x for x, _, _ in points], [y for _, y, _ in points], color=ACCENT, linewidth=1.5)
    for wanted, marker, color in ((False, "o", ACCENT), (True, "^", BLAME)):
        some = [(x, y) for x, y, blame in points if blame is wanted]
        axes.plot(
            [x for x, _ in some],
            [y for _, y in some],
            marker,
            color=color,
            markersize=6.5 if wanted else 5.5,
            markeredgecolor="white",
        )
    picture = io.BytesIO()
    # Without a date and with fixed names inside: the same climb is the same drawing.
    with rc_context({"svg.hashsalt": "climb"}):
        figure.savefig(picture, format="svg", metadata={"Date": None})
    figure.clear()
    return picture.getvalue()


def _bands(axes: Any, last: int) -> None:
    """A band a level, with its name at the right; the rungs at the left."""
    axes.set_facecolor("none")
    levels = [LEVEL_OF[rung] for rung in RUNGS]
    for level, color in zip(dict.fromkeys(levels), BANDS, strict=True):
        held = [place for place, other in enumerate(levels) if other is level]
        axes.axhspan(held[0] - 0.5, held[-1] + 0.5, color=color, linewidth=0, zorder=0)
        middle = (held[0] + held[-1]) / 2
        axes.annotate(
            str(level),
            (1.015, middle),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=9,
            color=SOFT,
        )
    axes.set_yticks(range(len(RUNGS)), [str(rung) for rung in RUNGS], fontsize=9, color=INK)
    axes.set_ylim(-0.5, len(RUNGS) - 0.5)
    axes.set_xlim(0.5, last + 0.5)
    step = -(-last // 8)
    axes.set_xticks(range(1, last + 1, step))
    axes.tick_params(axis="x", labelsize=8, labelcolor=SOFT)
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
