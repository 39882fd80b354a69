"""After the goodbye: which words still belong to the conversation that is over. Pure."""

from __future__ import annotations

from coachbot.model import Act, Reading, Safety

#: Commands that only show something; they also work when the conversation is over.
LOOKS = ("kaart", "samenvatting")


def leave(reading: Reading, soon: bool) -> str | None:
    """The phrase that answers a goodbye; None when the message is none."""
    if reading.safety is not Safety.NONE or reading.situation.counterpart:
        return None
    if reading.closing == "dank":
        return "dank" if soon else "dank_later"
    answers = reading.act in (Act.YES, Act.NO, Act.SILENCE) and not reading.rest
    return "tot_ziens" if soon and (reading.closing or answers) else None
