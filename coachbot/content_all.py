"""All content of a folder at once: every fault, and how much there is."""

from __future__ import annotations

from pathlib import Path

from coachbot import content, content_practice, content_scan, content_sparring


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
