"""The card and the climb on the ladder as PNG or SVG. matplotlib is imported when first used."""

from __future__ import annotations

import io
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coachbot.model import LADDER, Rung

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coachbot.coach import Card

INK, SOFT, PAPER, ACCENT = "#1f2a33", "#5b6b78", "#fbf8f2", "#0b6e6e"
#: Centimetres: a card that fits a hand and a phone screen.
WIDTH_CM, LINE_CM, CLIMB_CM = 12.0, 0.48, 4.2
WRAP = 50


#: Characters of one part of the card in a picture for a phone; the whole stands in the text.
PART = 280


def draw(card: Card, path: Path, title: str, labels: tuple[str, str]) -> Path:
    """Writes the card to `path` (.png or .svg); `labels` stand before the two temperatures."""
    _figure(card, title, labels).savefig(path, dpi=200, facecolor=PAPER)
    return path


def png(card: Card, title: str, labels: tuple[str, str]) -> bytes:
    """The card as a picture in memory, its parts short enough for a phone; no file is made."""
    rows = tuple((label, _short(text)) for label, text in card.rows)
    picture = io.BytesIO()
    figure = _figure(replace(card, rows=rows), title, labels)
    figure.savefig(picture, format="png", dpi=200, facecolor=PAPER)
    # A figure refers to itself in circles; taken apart, its megabytes are free at once.
    figure.clear()
    figure.set_canvas(None)
    return picture.getvalue()


def warm_up() -> None:
    """Loads the library and its fonts, which takes longer than drawing."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    _write(figure, 0, 0, _printable("a"))
    figure.savefig(io.BytesIO(), format="png")


def _short(text: str) -> str:
    return textwrap.shorten(text, PART, placeholder=" …") if len(text) > PART else text


def _figure(card: Card, title: str, labels: tuple[str, str]) -> Any:
    from matplotlib.figure import Figure

    rows = [(label, textwrap.wrap(_printable(text), WRAP) or [""]) for label, text in card.rows]
    for label, sign in zip(labels, (card.before, card.after), strict=True):
        if sign:
            rows.append((label, textwrap.wrap(_printable(sign), WRAP)))
    climb = [rung for rung in card.climb if rung is not Rung.NONE]
    lines = sum(len(words) + 1.6 for _, words in rows)
    height = 1.6 + lines * LINE_CM + (CLIMB_CM + 1.0 if len(climb) > 1 else 0.4)
    figure = Figure(figsize=(WIDTH_CM / 2.54, height / 2.54), facecolor=PAPER)
    y = 1 - 0.9 / height
    _write(figure, 0.07, y, title, size=13, weight="bold", color=ACCENT)
    y -= 0.85 / height
    for label, words in rows:
        _write(figure, 0.07, y, label, size=8, color=SOFT)
        for word in words:
            y -= LINE_CM / height
            _write(figure, 0.07, y, word, size=10, color=INK)
        y -= 1.6 * LINE_CM / height
    if len(climb) > 1:
        axes = figure.add_axes((0.24, 0.6 / height, 0.7, (CLIMB_CM - 0.4) / height))
        _climb(axes, climb)
    return figure


def _write(figure: Any, x: float, y: float, text: str, **style: Any) -> None:
    figure.text(x, y, text, parse_math=False, va="baseline", **style)


def _climb(axes: Any, climb: Sequence[Rung]) -> None:
    """The rungs from low to high, one dot a turn."""
    rungs = LADDER[1:]
    axes.set_facecolor(PAPER)
    heights = [rungs.index(rung) for rung in climb]
    axes.plot(range(len(heights)), heights, color=ACCENT, linewidth=1.6, marker="o", markersize=4)
    axes.set_yticks(range(len(rungs)), [str(rung) for rung in rungs], fontsize=7, color=INK)
    axes.set_ylim(-0.4, len(rungs) - 0.6)
    axes.set_xticks([])
    axes.grid(axis="y", color="#d9d4c7", linewidth=0.6)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)


def _printable(text: str) -> str:
    """Without the characters the font has no picture for (emoji, other scripts)."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties())).get_charmap()
    return " ".join("".join(c for c in text if c == " " or ord(c) in known).split())
