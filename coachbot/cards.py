"""Reminders for people who work together, each with three questions to think about. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from coachbot import choosing
from coachbot.model import Remembered
from coachbot.practice_checks import kin, tokens

#: Questions on one card.
QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One reminder; `fits` are words in a conversation that this card goes with."""

    name: str
    title: str
    says: str
    questions: tuple[str, ...]
    fits: frozenset[str]


def lines(card: Card) -> tuple[str, ...]:
    """As it is shown: title, one sentence, three questions."""
    return (card.title, card.says, *(f"- {question}" for question in card.questions))


def fitting(
    cards: Sequence[Card], words: Collection[str], seen: Collection[str] = ()
) -> Card | None:
    """The card that goes best with the words of a conversation; None when none is touched."""
    counts = {
        card.name: sum(any(kin(word, one) for word in words if len(word) > 3) for one in card.fits)
        for card in cards
        if card.name not in seen
    }
    best = max(counts, key=lambda name: counts[name], default=None)
    if best is None or not counts[best]:
        return None
    return next(card for card in cards if card.name == best)


def touched(cards: Sequence[Card], memory: Mapping[str, Remembered]) -> Card | None:
    """The card that goes with what somebody told the coach; None when none does.

    Signs that were picked from a list and numbers are no words of the person's own.
    """
    told = [kept.text for slot, kept in memory.items() if not slot.startswith(_PICKED)]
    return fitting(cards, set(tokens(" ".join(told))))


_PICKED = ("temperatuur", "zekerheid")


def find(cards: Sequence[Card], text: str) -> Card | None:
    """A card by its name, its number or words of its title."""
    found = choosing.place(text, [(card.name, card.title) for card in cards])
    return None if found is None else cards[found]
