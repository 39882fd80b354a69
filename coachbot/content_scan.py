"""Scans from `scans/*.yml` and cards from `kaarten/*.yml`: parsed and proven sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from coachbot.cards import QUESTIONS, Card
from coachbot.content import plain
from coachbot.content_fields import Fields, plain_speech
from coachbot.dialogue import ContentError, placeholders
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
    "help",
    "paused",
    "resumed",
]
_COMMANDS = ("stop", "back", "help", "pause")
#: What a game says at one screen and in a group chat, each with what may be filled in there.
_THEATER = {
    "open": "rondes minuten",
    "players": "aantal",
    "assignment": "nummer opdracht",
    "your_turn": "naam",
    "strategy": "naam strategie uitleg",
    "private": "",
    "hidden": "",
    "open_cards": "",
    "clock": "minuten",
    "minute": "",
    "over": "",
    "decision": "besluit",
    "reflection": "",
    "done": "",
    "recorded": "nummer opdracht besluit",
    "own_choice": "",
}
_GROUP = {
    **dict.fromkeys(
        ("privacy", "stranger", "begun", "over", "busy", "nothing", "dealt", "minute", "time"), ""
    ),
    **dict.fromkeys(("empty", "stopped", "kept", "private"), ""),
    **dict.fromkeys(("join", "few"), "aantal"),
    "joined": "spelers",
    "player": "nummer",
    "you": "speler",
    "card": "nummer speler strategie uitleg",
    "peek": "strategie uitleg",
    "shut": "speler link",
    "open_hand": "speler strategie uitleg",
    "clock": "minuten",
}
_BUTTONS = ("mee", "begin", "kaart", "volgende")


@dataclass(frozen=True, slots=True)
class Scans:
    """Every instrument, and what is said around them."""

    scans: tuple[Scan, ...]
    words: Words


def load(folder: Path) -> Scans:
    """The scans of a dialogue folder; raises `ContentError` on the first mistake."""
    place = folder / FOLDER
    fields = Fields(plain(place / PHRASES), f"{FOLDER}/{PHRASES}", ("talk", "commands"))
    talk = fields.group("talk", _TALK).complete(_TALK)
    words = Words(talk, fields.group("commands", _COMMANDS).complete(_COMMANDS))
    found = [
        parse(plain(path), path.stem)
        for path in sorted(place.glob("*.yml"))
        if path.name != PHRASES
    ]
    return Scans(tuple(sorted(found, key=lambda scan: scan.order)), words)


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
    keys += ["group", "buttons"]
    fields = Fields(plain(folder / CARDS / THEATER), name, keys)
    strategies = []
    for item, where in fields.list("strategies"):
        one = Fields(item, where, ("name", "says"))
        strategies.append(Strategy(one.text("name"), one.text("says")))
    talk = _filled(fields.group("talk", _THEATER), _THEATER)
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
        group=_filled(fields.group("group", _GROUP), _GROUP),
        buttons=_buttons(fields.group("buttons", _BUTTONS)),
    )


def _filled(fields: Fields, known: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """All sentences, none with a placeholder that is not filled in there."""
    found = fields.complete(known)
    for key, lines in found.items():
        for name in sorted({p for line in lines for p in placeholders(line)}):
            if name not in known[key].split():
                allowed = known[key] or "none"
                raise ContentError(
                    f"{fields.where}.{key}: {{{name}}} is not known; allowed: {allowed}"
                )
    return found


def _buttons(fields: Fields) -> dict[str, str]:
    fields.complete(_BUTTONS)
    return fields.all_text()


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
