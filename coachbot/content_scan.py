"""Scans from `scans/*.yml` and cards from `kaarten/*.yml`: parsed and proven sound."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from coachbot.cards import QUESTIONS, Card
from coachbot.content import plain
from coachbot.content_fields import Fields, plain_speech
from coachbot.dialogue import ContentError
from coachbot.scan import GRID, LOWEST, RULES, Cell, Part, Scan, Words
from coachbot.theater import Strategy, Theater

FOLDER, CARDS, PHRASES, THEATER = "scans", "kaarten", "zinnen.yml", "theater.yml"
_TALK = [
    "choose",
    "unknown",
    "again",
    "count",
    "bye",
    "take",
    "same",
    "more",
    "less",
    "nothing",
    "outcome_laagste",
    "outcome_hoogste",
    "outcome_heetste",
    "outcome_vlak",
]
_THEATER = [
    "open",
    "players",
    "assignment",
    "your_turn",
    "strategy",
    "private",
    "hidden",
    "open_cards",
    "clock",
    "minute",
    "over",
    "decision",
    "reflection",
    "done",
    "recorded",
    "own_choice",
]


@dataclass(frozen=True, slots=True)
class Scans:
    """Every instrument, and what is said around them."""

    scans: tuple[Scan, ...]
    words: Words


def load(folder: Path) -> Scans:
    """The scans of a dialogue folder; raises `ContentError` on the first mistake."""
    place = folder / FOLDER
    fields = Fields(plain(place / PHRASES), f"{FOLDER}/{PHRASES}", ("talk", "commands"))
    talk = fields.group("talk", _TALK).all_texts()
    _need(talk, _TALK, f"{FOLDER}/{PHRASES}: talk")
    words = Words(talk, fields.group("commands", ("stop", "back")).all_texts())
    found = [
        parse(plain(path), path.stem)
        for path in sorted(place.glob("*.yml"))
        if path.name != PHRASES
    ]
    return Scans(tuple(sorted(found, key=lambda scan: scan.order)), words)


def _need(found: dict[str, tuple[str, ...]], known: list[str], where: str) -> None:
    missing = [name for name in known if name not in found]
    if missing:
        raise ContentError(f"{where}: {', '.join(missing)} is missing")


def parse(data: Any, name: str) -> Scan:
    """One file to a scan."""
    where = f"{FOLDER}/{name}.yml"
    keys = ["order", "title", "intro", "scale", "rule", "picture", "parts", "cells", "all_high"]
    fields = Fields(data, where, keys)
    rule = fields.names("rule", RULES)[0]
    parts = []
    for item, place in fields.list("parts"):
        part = Fields(item, place, ("name", "label", "ask", "says", "question"))
        parts.append(
            Part(
                part.text("name"),
                part.text("label"),
                part.texts("ask"),
                part.texts("says", rule != GRID),
                part.text("question", "" if rule == GRID else None),
            )
        )
    return Scan(
        name=name,
        order=fields.number("order", 1, 99),
        title=fields.text("title"),
        intro=fields.texts("intro"),
        scale=fields.texts("scale"),
        rule=rule,
        radar=fields.names("picture", ("bars", "radar"))[0] == "radar",
        parts=tuple(parts),
        cells=_cells(fields, parts) if rule == GRID else (),
        all_high=fields.text("all_high") if rule == LOWEST else "",
    )


def _cells(fields: Fields, parts: list[Part]) -> tuple[Cell, ...]:
    cells = []
    names = [part.name for part in parts]
    for item, place in fields.list("cells"):
        cell = Fields(item, place, ("high", "label", "says", "question"))
        high = frozenset(cell.names("high", names, required=False))
        cells.append(Cell(high, cell.text("label"), cell.texts("says"), cell.text("question")))
    wanted = {
        frozenset(n for n, up in zip(names, ups, strict=True) if up)
        for ups in product((True, False), repeat=len(names))
    }
    if {cell.high for cell in cells} != wanted or len(cells) != len(wanted):
        raise ContentError(f"{fields.where}.cells: one cell for each of {len(wanted)} corners")
    return tuple(cells)


def load_cards(folder: Path) -> tuple[Card, ...]:
    """The reminders of a dialogue folder."""
    cards = []
    for path in sorted((folder / CARDS).glob("*.yml")):
        if path.name == THEATER:
            continue
        fields = Fields(plain(path), f"{CARDS}/{path.name}", ("cards",))
        for item, where in fields.list("cards"):
            card = Fields(item, where, ("name", "title", "says", "questions", "fits"))
            questions = card.texts("questions")
            if len(questions) != QUESTIONS:
                raise ContentError(f"{where}.questions: {len(questions)}, needed: {QUESTIONS}")
            cards.append(
                Card(
                    card.text("name"),
                    card.text("title"),
                    card.text("says"),
                    questions,
                    frozenset(w for text in card.texts("fits") for w in text.lower().split()),
                )
            )
    return tuple(cards)


def load_theater(folder: Path) -> Theater:
    """The group game of a dialogue folder."""
    name = f"{CARDS}/{THEATER}"
    keys = ["rounds", "minutes", "players", "strategies", "assignments", "reflection", "talk"]
    fields = Fields(plain(folder / CARDS / THEATER), name, keys)
    strategies = []
    for item, where in fields.list("strategies"):
        one = Fields(item, where, ("name", "says"))
        strategies.append(Strategy(one.text("name"), one.text("says")))
    talk = fields.group("talk", _THEATER).all_texts()
    _need(talk, _THEATER, f"{name}: talk")
    rounds = fields.number("rounds", 1, 9)
    reflection = tuple(Fields(i, w, ("ask",)).texts("ask") for i, w in fields.list("reflection"))
    if len(reflection) != rounds:
        raise ContentError(f"{name}: reflection: {len(reflection)} lists, needed: {rounds}")
    return Theater(
        rounds=rounds,
        minutes=fields.number("minutes", 3, 5),
        least=fields.number("players", 2, 9),
        strategies=tuple(strategies),
        assignments=fields.texts("assignments"),
        reflection=reflection,
        talk=talk,
    )


def faults(folder: Path) -> list[str]:
    """Every fault in scans, cards and the game; none where a folder does not have them."""
    found: list[str] = []
    try:
        if (folder / FOLDER).is_dir():
            scans = load(folder)
            for scan in scans.scans:
                found += _speech(scan)
            for lines in scans.words.talk.values():
                found += plain_speech(lines, f"{FOLDER}/{PHRASES}")
        if (folder / CARDS).is_dir():
            for card in load_cards(folder):
                where = f"{CARDS}: {card.name}"
                found += plain_speech((card.says, *card.questions), where)
                asks = [q for q in card.questions if not q.endswith("?")]
                found += [f"{where}: a question ends in a question mark: {q!r}" for q in asks]
            if (folder / CARDS / THEATER).exists():
                load_theater(folder)
    except ContentError as error:
        found.append(str(error))
    return found


def _speech(scan: Scan) -> list[str]:
    where = f"{FOLDER}/{scan.name}.yml"
    found: list[str] = []
    twice = {line for line in scan.statements if scan.statements.count(line) > 1}
    found += [f"{where}: the same statement twice: {line!r}" for line in sorted(twice)]
    if len(scan.scale) < 2:
        found.append(f"{where}: scale: at least two answers")
    said: list[Part | Cell] = [*scan.parts, *scan.cells]
    for part in said:
        found += plain_speech((*part.says, part.question), where)
        if part.question and not part.question.endswith("?"):
            found.append(f"{where}: a question ends in a question mark: {part.question!r}")
    return found
