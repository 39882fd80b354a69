"""What is wished instead of what is blamed: the clause with "altijd", with "nooit", as a wish."""

from __future__ import annotations

from coachbot.nlp.subordinate import Clause


def variants(clause: Clause) -> tuple[str | None, str | None, str | None]:
    """(always, never, wish) of a clause; each None where it is not certain."""
    return None, None, None
