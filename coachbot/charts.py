"""What a picture shows, as values; `picture_practice` draws them and `text_bars` writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

#: Width of a bar in a terminal, in characters.
BAR = 20


@dataclass(frozen=True, slots=True)
class Bars:
    """Shares from 0 to 1 with a label each; `before` is last time, where there is one."""

    title: str
    rows: tuple[tuple[str, float, float | None], ...]
    #: Drawn as a closed figure with an axis a row, instead of as bars.
    radar: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """The course of a talk: a height a turn, with names for the heights from low to high."""

    title: str
    heights: tuple[int, ...]
    names: tuple[str, ...]
    before: tuple[int, ...] = ()
    note: str = ""


Chart = Bars | Course


def pack(chart: Chart) -> dict[str, Any]:
    """As JSON data."""
    return asdict(chart)


def unpack(data: Mapping[str, Any]) -> Chart:
    """JSON data back to a picture."""
    if "rows" in data:
        rows = tuple((label, value, before) for label, value, before in data["rows"])
        return Bars(**{**data, "rows": rows})
    kept: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Course(**kept)


def text(chart: Chart) -> Iterator[str]:
    """The picture for a terminal, a line a row."""
    if isinstance(chart, Bars):
        wide = max((len(label) for label, _, _ in chart.rows), default=0)
        for label, value, before in chart.rows:
            full = round(value * BAR)
            was = f"  ({round(before * 100)} %)" if before is not None else ""
            bar = "█" * full + "░" * (BAR - full)
            yield f"{label.ljust(wide)}  {bar}  {round(value * 100):3d} %{was}"
        return
    wide = max(len(name) for name in chart.names)
    for height in reversed(range(len(chart.names))):
        marks = "".join(" ● " if h == height else " · " for h in chart.heights)
        yield f"{chart.names[height].rjust(wide)} {marks.rstrip()}"
