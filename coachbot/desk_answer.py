"""What practising gives back, and the same as JSON data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from coachbot import charts
from coachbot.charts import Chart
from coachbot.model import Reply


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: the reply, and a picture where there is one."""

    reply: Reply
    chart: Chart | None = None
    #: A message that is not safe: the coach is to hear this one, and what comes after it.
    hand_over: str | None = None
    #: Somebody goes on later; nothing more is asked now.
    paused: bool = False


def pack(answer: Answer) -> dict[str, Any]:
    """As JSON data."""
    return {
        "reply": asdict(answer.reply),
        "chart": charts.pack(answer.chart) if answer.chart else None,
        "paused": answer.paused,
    }


def unpack(data: Mapping[str, Any]) -> Answer:
    """JSON data back to an answer."""
    reply = data["reply"]
    return Answer(
        Reply(tuple(reply["lines"]), tuple(reply["options"]), ended=reply["ended"]),
        charts.unpack(data["chart"]) if data["chart"] else None,
        paused=data["paused"],
    )
