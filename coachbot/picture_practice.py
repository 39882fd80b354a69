"""Bars, radar and the course of a talk as PNG or SVG. matplotlib is imported when first used."""

from __future__ import annotations

import io
import math
import textwrap
from pathlib import Path
from typing import Any

from coachbot.charts import Bars, Chart, Course
from coachbot.picture import ACCENT, INK, PAPER, SOFT

#: Last time stands behind this time, in a lighter colour.
EARLIER, GRID = "#b9c9c9", "#d9d4c7"
WIDTH_IN, DPI = 4.8, 200
#: Characters of a label on one line.
LABEL = 26
#: Characters of a title at full size.
TITLE = 40


def draw(chart: Chart, path: Path) -> Path:
    """Writes the picture to `path` (.png or .svg)."""
    _figure(chart).savefig(path, dpi=DPI, facecolor=PAPER)
    return path


def png(chart: Chart) -> bytes:
    """The picture in memory; no file is made."""
    picture = io.BytesIO()
    _figure(chart).savefig(picture, format="png", dpi=DPI, facecolor=PAPER)
    return picture.getvalue()


def _figure(chart: Chart) -> Any:
    from matplotlib.figure import Figure

    height = {True: 4.8, False: 1.3 + 0.42 * _rows(chart)}[_round(chart)]
    figure = Figure(figsize=(WIDTH_IN, height), facecolor=PAPER)
    style: dict[str, Any] = {"parse_math": False, "ha": "left"}
    figure.text(
        0.05,
        1 - 0.32 / height,
        chart.title,
        size=_title_size(chart),
        weight="bold",
        color=ACCENT,
        **style,
    )
    if chart.note:
        figure.text(0.05, 0.12 / height, chart.note, size=7, color=SOFT, **style)
    if isinstance(chart, Course):
        _course(figure.add_axes((0.3, 0.12, 0.65, 0.86 - 0.5 / height)), chart)
    elif chart.radar:
        _radar(figure.add_axes((0.24, 0.14, 0.52, 0.62), polar=True), chart)
    else:
        _bars(figure.add_axes((0.42, 0.35 / height, 0.53, 1 - 0.9 / height)), chart)
    return figure


def _title_size(chart: Chart) -> float:
    """Small enough for the title to fit on one line."""
    return min(12.0, 12.0 * TITLE / len(chart.title))


def _round(chart: Chart) -> bool:
    return isinstance(chart, Bars) and chart.radar


def _rows(chart: Chart) -> int:
    return len(chart.rows) if isinstance(chart, Bars) else len(chart.names) + 1


def _bars(axes: Any, chart: Bars) -> None:
    labels = [textwrap.fill(label, LABEL) for label, _, _ in chart.rows]
    places = range(len(labels))
    now = [value for _, value, _ in chart.rows]
    if any(before is not None for _, _, before in chart.rows):
        earlier = [before or 0.0 for _, _, before in chart.rows]
        axes.barh(places, earlier, height=0.72, color=EARLIER)
    axes.barh(places, now, height=0.4, color=ACCENT)
    axes.set_yticks(places, labels, fontsize=7, color=INK, parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "½", "1"], fontsize=7, color=SOFT)
    _plain(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def _radar(axes: Any, chart: Bars) -> None:
    angles = [2 * math.pi * i / len(chart.rows) for i in range(len(chart.rows))]
    ring = [*angles, angles[0]]
    if all(before is not None for _, _, before in chart.rows):
        earlier = [before or 0.0 for _, _, before in chart.rows]
        axes.plot(ring, [*earlier, earlier[0]], color=EARLIER, linewidth=1.4)
    now = [value for _, value, _ in chart.rows]
    axes.plot(ring, [*now, now[0]], color=ACCENT, linewidth=1.8, marker="o", markersize=4)
    axes.fill(ring, [*now, now[0]], color=ACCENT, alpha=0.15)
    axes.set_theta_offset(math.pi / 2)
    axes.set_theta_direction(-1)
    labels = [textwrap.fill(label, LABEL // 2 + 2) for label, _, _ in chart.rows]
    axes.set_xticks(angles, labels, fontsize=7, color=INK)
    axes.tick_params(axis="x", pad=12)
    axes.set_ylim(0, 1)
    axes.set_yticks([0.25, 0.5, 0.75, 1.0], [])
    axes.set_facecolor(PAPER)
    axes.grid(color=GRID, linewidth=0.6)
    axes.spines["polar"].set_visible(False)


def _course(axes: Any, chart: Course) -> None:
    if chart.before:
        axes.plot(range(len(chart.before)), chart.before, color=EARLIER, linewidth=1.4)
    turns = range(len(chart.heights))
    axes.plot(turns, chart.heights, color=ACCENT, linewidth=1.8, marker="o", markersize=4)
    labels = [textwrap.fill(name, LABEL // 2 + 4) for name in chart.names]
    axes.set_yticks(range(len(labels)), labels, fontsize=7, color=INK)
    axes.set_ylim(-0.4, len(labels) - 0.6)
    axes.set_xticks([])
    _plain(axes)
    axes.grid(axis="y", color=GRID, linewidth=0.6)


def _plain(axes: Any) -> None:
    axes.set_facecolor(PAPER)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
