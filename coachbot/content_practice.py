"""Exercises from `oefenen/*.yml`: parsed, and proven fit to be given to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coachbot.content import plain
from coachbot.content_fields import Fields, plain_speech
from coachbot.dialogue import ContentError
from coachbot.model import Rung
from coachbot.nlp import cues
from coachbot.practice import Exercise, Kind, Phrases, Step
from coachbot.practice_checks import CHECKS, Case

FOLDER = "oefenen"
PHRASES = "zinnen.yml"
LEVELS = 3
#: A kind with fewer exercises than this is not worth a name in the list.
AT_LEAST = 8
_COMMANDS = (
    "stop", "other", "hint", "progress", "kinds", "back", "help", "pause", "safe", "offer", "more",
)  # fmt: skip
_SECTIONS = (
    "good", "change", "rung", "rungs", "talk", "commands", "worlds", "matter", "own", "signals",
    "stop",
)  # fmt: skip
_SIGNALS = [
    "ik", "wens", "belang", "behoefte", "zorg", "eigen", "verzoek", "spiegel", "raad", "vraag",
    "feit", "mening", "mild", "ander", "verwijst",
    "eerste", "tweede", "derde", "laatste", "sneer", "jij_vorm", "cancel", "open",
]  # fmt: skip
_TALK = [
    "prompt", "intro", "again", "passed", "example", "solution", "more", "later", "bye",
    "nothing", "own_ask", "own_high", "own_done", "own_wish", "own_example", "due", "due_one",
    "progress", "days_none", "days_one", "days", "picture", "picture_axis", "first",
    "safe_check", "choose", "unknown", "back", "help", "paused", "resumed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Practice:
    """Everything that exercises need."""

    kinds: tuple[Kind, ...]
    phrases: Phrases

    @property
    def exercises(self) -> dict[str, Exercise]:
        """By id."""
        return {e.id: e for kind in self.kinds for e in kind.exercises}


def load(folder: Path) -> Practice:
    """The exercises of a dialogue folder; raises `ContentError` on the first mistake."""
    place = folder / FOLDER
    phrases = parse_phrases(plain(place / PHRASES), f"{FOLDER}/{PHRASES}")
    kinds = [
        parse_kind(plain(path), f"{FOLDER}/{path.name}", phrases)
        for path in sorted(place.glob("*.yml"))
        if path.name != PHRASES
    ]
    return Practice(tuple(sorted(kinds, key=lambda kind: kind.order)), phrases)


def parse_phrases(data: Any, name: str) -> Phrases:
    """What is said around the exercises, and the signals compiled."""
    fields = Fields(
        data,
        name,
        [*_SECTIONS],
    )
    own = fields.group("own", ("title", "steps"))
    steps = []
    for item, where in own.list("steps"):
        step = Fields(item, where, ("from", "needs", "aim", "ask", "hint"))
        steps.append(
            Step(
                start=tuple(Rung(r) for r in step.names("from", [str(r) for r in Rung])),
                needs=step.names("needs", CHECKS),
                aim=Rung(step.names("aim", [str(r) for r in Rung])[0]),
                ask=step.texts("ask"),
                hint=step.text("hint"),
            )
        )
    signals = fields.group("signals", _SIGNALS).complete(_SIGNALS)
    worlds = fields.group("worlds").all_text()
    matter = fields.group("matter", worlds).complete(worlds)
    return Phrases(
        good=fields.group("good", CHECKS).all_texts(),
        change=_complete(fields.group("change", CHECKS)),
        rung=fields.texts("rung"),
        rungs=fields.group("rungs", [str(r) for r in Rung]).all_text(),
        talk=fields.group("talk", _TALK).complete(_TALK),
        commands=fields.group("commands", _COMMANDS).complete(_COMMANDS),
        worlds=worlds,
        matter={name: cues.compiled(words) for name, words in matter.items()},
        own_title=own.text("title"),
        own=tuple(steps),
        signals={key: cues.compiled(words) for key, words in signals.items()},
        stop=frozenset(fields.text("stop").split()),
    )


def _complete(fields: Fields) -> dict[str, tuple[str, ...]]:
    for check in CHECKS:
        variants = fields.texts(check)
        if all("{woorden}" in v for v in variants) and check not in _QUOTED:
            raise ContentError(f"{fields.where}.{check}: one variant must do without {{woorden}}")
    return fields.all_texts()


#: Checks that, when they fail, always have words to quote.
_QUOTED = ("geen_verwijt", "geen_absoluut", "geen_raad", "niet_jij_eerst")


def parse_kind(data: Any, name: str, phrases: Phrases) -> Kind:
    """One file: a kind of move and its exercises."""
    fields = Fields(
        data, name, ("kind", "order", "title", "aim", "ask", "needs", "choices", "exercises")
    )
    kind = fields.text("kind")
    exercises = tuple(
        _exercise(item, where, fields, phrases) for item, where in fields.list("exercises")
    )
    return Kind(kind, fields.number("order", 1, 99), fields.text("title"), exercises)


def _exercise(data: Any, where: str, kind: Fields, phrases: Phrases) -> Exercise:
    own = [
        "id",
        "level",
        "world",
        "prompt",
        "hint",
        "example",
        "about",
        "answer",
        "why",
        "ask",
        "needs",
        "aim",
    ]
    fields = Fields(data, where, own)
    needs = fields.names("needs", CHECKS, False) or kind.names("needs", CHECKS)
    rungs = [str(rung) for rung in Rung]
    aim = fields.names("aim", rungs, False) or kind.names("aim", rungs, False)
    choice = "keuze" in needs
    choices = kind.group("choices").all_texts() if choice else {}
    return Exercise(
        id=fields.text("id"),
        kind=kind.text("kind"),
        level=fields.number("level", 1, LEVELS),
        world=fields.names("world", phrases.worlds)[0],
        prompt=fields.text("prompt"),
        ask=fields.texts("ask", False) or kind.texts("ask"),
        needs=needs,
        hint=fields.text("hint"),
        example="" if choice else fields.text("example"),
        about=fields.texts("about", False),
        aim=Rung(aim[0]) if aim else None,
        answer=fields.names("answer", choices)[0] if choice else "",
        choices=choices,
        why=fields.text("why") if choice else "",
    )


def faults(folder: Path) -> list[str]:
    """Every fault in the exercises of a folder; none when it has no exercises."""
    if not (folder / FOLDER).is_dir():
        return []
    try:
        practice = load(folder)
    except ContentError as error:
        return [str(error)]
    found: list[str] = []
    seen: dict[str, str] = {}
    for kind in practice.kinds:
        where = f"{FOLDER}: {kind.name}"
        if len(kind.exercises) < AT_LEAST:
            found.append(f"{where}: {len(kind.exercises)} exercises, needed: {AT_LEAST}")
        levels = [exercise.level for exercise in kind.exercises]
        if levels != sorted(levels):
            found.append(f"{where}: exercises stand from easy to hard; order them by level")
        for exercise in kind.exercises:
            place = f"{where}: {exercise.id}"
            if exercise.id in seen:
                found.append(f"{place}: this id is also in {seen[exercise.id]}")
            seen[exercise.id] = kind.name
            said = (*exercise.ask, exercise.hint, exercise.example, exercise.why)
            found += plain_speech(said, place)
            found += _fair(exercise, practice.phrases, place)
    phrases = practice.phrases
    for texts in (*phrases.good.values(), *phrases.change.values(), *phrases.talk.values()):
        found += plain_speech(texts, f"{FOLDER}/{PHRASES}")
    return found


def _fair(exercise: Exercise, phrases: Phrases, place: str) -> list[str]:
    """Does its own example pass every check that needs no trained reading?"""
    from coachbot.model import Reading

    if not exercise.example:
        return []
    case = Case(
        exercise, Reading(text=exercise.example), phrases.signals, phrases.stop, phrases.matter
    )
    return [
        f"{place}: its own example fails {name!r}; change the example or the signals"
        for name in exercise.needs
        if not CHECKS[name](case).ok
    ]
