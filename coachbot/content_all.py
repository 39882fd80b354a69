"""All content of a folder at once: every fault, and how much there is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coachbot import content, content_practice, content_scan, content_sparring
from coachbot.cards import Card
from coachbot.content_practice import Practice
from coachbot.content_scan import Scans
from coachbot.content_sparring import Sparring
from coachbot.theater import Theater


@dataclass(frozen=True, slots=True)
class Material:
    """Everything there is to practise with."""

    practice: Practice
    sparring: Sparring
    scans: Scans
    cards: tuple[Card, ...]
    theater: Theater


def material(folder: Path) -> Material:
    """What a folder holds to practise with; what it does not hold is taken from the shipped one.

    Raises `ContentError` on the first mistake.
    """

    def place(name: str) -> Path:
        return folder if (folder / name).is_dir() else content.default_dir()

    cards = place(content_scan.CARDS)
    game = cards if (cards / content_scan.CARDS / content_scan.THEATER).exists() else None
    return Material(
        practice=content_practice.load(place(content_practice.FOLDER)),
        sparring=content_sparring.load(place(content_sparring.FOLDER)),
        scans=content_scan.load(place(content_scan.FOLDER)),
        cards=content_scan.load_cards(cards),
        theater=content_scan.load_theater(game or content.default_dir()),
    )


def faults(folder: Path) -> list[str]:
    """Every fault in dialogues, exercises, counterparts, scans and cards, a line each."""
    return [
        *content.faults(folder),
        *content_practice.faults(folder),
        *content_sparring.faults(folder),
        *content_scan.faults(folder),
    ]


def counts(folder: Path) -> dict[str, int]:
    """What a sound folder holds, by name; only what is there."""
    dialogues = content.load(folder)
    found = {
        "dialogues": len(dialogues),
        "states": sum(len(dialogue.states) for dialogue in dialogues.values()),
    }
    if (folder / content_practice.FOLDER).is_dir():
        found["exercises"] = len(content_practice.load(folder).exercises)
    if (folder / content_sparring.FOLDER).is_dir():
        found["counterparts"] = len(content_sparring.load(folder).scenarios)
    if (folder / content_scan.FOLDER).is_dir():
        found["scans"] = len(content_scan.load(folder).scans)
    if (folder / content_scan.CARDS).is_dir():
        found["cards"] = len(content_scan.load_cards(folder))
    return found
