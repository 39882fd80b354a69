"""Something out of a list, as people name it: its number, its name, or words of its title. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from coachbot.practice_checks import tokens


def place(text: str, listed: Sequence[tuple[str, ...]]) -> int | None:
    """The place (from 0) in the list of what `text` names; None when it names nothing in it.

    Each item is a tuple of its names and titles. A number counts from 1; an exact name goes before
    words that are part of one ("de buurman" -> "De buurman en de schutting").
    """
    said = text.strip().lower().rstrip(".)")
    if said.isdecimal():
        return int(said) - 1 if len(said) < 4 and 0 < int(said) <= len(listed) else None
    exact = [i for i, names in enumerate(listed) if said in [name.lower() for name in names]]
    words = set(tokens(said))
    near = [i for i, names in enumerate(listed) if words and words <= set(tokens(" ".join(names)))]
    return next(iter(exact or near), None)
