"""Exercises: an attempt is judged by how it is read, never by a list of right answers.

An exercise names the checks its answer must pass; the first that fails is the one thing to change,
and what passed is named with the words that did it. Feedback on each utterance, on the exact
words, is what carries over to a new situation (the "Imbue" trial, n = 86).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coachbot.model import LADDER, Reading, Rung
from coachbot.practice_checks import CHECKS, Case, Finding, Signals

#: An example is shown after this many tries, never before.
TRIES = 3
#: A quotation in feedback is no longer than this, in words.
QUOTE_WORDS = 8
#: At most this many good things are named, so that the one thing to change stands out.
PRAISES = 2
#: Said only when there is nothing better to say.
_GENERAL = ("ik_vorm", "zelfde_zaak")
#: The order in which what is good is named: the move itself first, general things last.
_PRAISE = (
    "keuze",
    "spiegel",
    "zorg",
    "wens",
    "belang",
    "behoefte",
    "waarneming",
    "eigen",
    "verzoek",
    "vraag",
    "ik_vorm",
    "zelfde_zaak",
)


@dataclass(frozen=True, slots=True)
class Exercise:
    """Something to reframe; `ask`, `needs`, `aim` and `choices` come from its kind unless given."""

    id: str
    kind: str
    level: int
    world: str
    prompt: str
    ask: tuple[str, ...]
    needs: tuple[str, ...]
    hint: str
    example: str = ""
    #: Words that show that an answer is still about the same matter.
    about: tuple[str, ...] = ()
    aim: Rung | None = None
    #: For a choice: the right one, what may be typed for each, and why it is right.
    answer: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One move to practise, with its exercises from easy to hard."""

    name: str
    order: int
    title: str
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that somebody's own sentence takes; skipped when it stands above `start` already."""

    start: tuple[Rung, ...]
    needs: tuple[str, ...]
    aim: Rung
    ask: tuple[str, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is said about an answer (`good`, `change` by check) and around the exercises."""

    good: Mapping[str, tuple[str, ...]]
    change: Mapping[str, tuple[str, ...]]
    rung: tuple[str, ...]
    rungs: Mapping[str, str]
    talk: Mapping[str, tuple[str, ...]]
    commands: Mapping[str, tuple[str, ...]]
    worlds: Mapping[str, str]
    #: Words that belong to each world, as patterns.
    matter: Signals
    own_title: str
    own: tuple[Step, ...]
    signals: Signals
    stop: frozenset[str]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What an attempt got; every one of `quotes` stands in the answer to the letter."""

    passed: bool
    good: tuple[str, ...]
    change: str | None
    rung: str | None
    hint: str | None
    example: str | None
    quotes: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """In the order in which it is said."""
        parts = (*self.good, self.change, self.rung, self.hint, self.example)
        return tuple(part for part in parts if part)


def judge(exercise: Exercise, reading: Reading, tries: int, phrases: Phrases) -> Feedback:
    """The `tries`-th attempt (from 1) at an exercise, judged by its reading."""
    case = Case(exercise, reading, phrases.signals, phrases.stop, phrases.matter)
    findings = {name: CHECKS[name](case) for name in exercise.needs}
    failed = tuple(name for name, finding in findings.items() if not finding.ok)
    good, quotes = _praise(findings, phrases, tries)
    last = bool(failed) and tries >= TRIES
    change = None
    if failed:
        words = quote(findings[failed[0]].words)
        change = _line(phrases.change[failed[0]], words, tries)
        quotes += [words] if change and words and words in change else []
    return Feedback(
        passed=not failed,
        good=tuple(good),
        change=change,
        rung=_rung(exercise, reading, failed, phrases, tries),
        hint=exercise.hint if failed and not last else None,
        example=_example(exercise, phrases, tries) if last else None,
        quotes=tuple(quotes),
        failed=failed,
    )


def _praise(
    findings: Mapping[str, Finding], phrases: Phrases, tries: int
) -> tuple[list[str], list[str]]:
    """Up to two good things with their words; nothing is praised that is not there to quote."""
    if "eigen_woorden" in findings and not findings["eigen_woorden"].ok:
        return [], []
    lines: list[str] = []
    quotes: list[str] = []
    for name in _PRAISE:
        finding = findings.get(name)
        if finding is None or not finding.ok or len(lines) == PRAISES:
            continue
        if lines and name in _GENERAL:
            continue
        words = quote(finding.words)
        line = _line(phrases.good.get(name, ()), words, tries)
        if line and (words or name == "keuze") and words not in quotes:
            lines.append(line)
            quotes += [words] if words and words in line else []
    return lines, quotes


def _line(variants: Sequence[str], words: str, tries: int) -> str | None:
    fit = [v for v in variants if words or "{woorden}" not in v]
    return fit[(tries - 1) % len(fit)].replace("{woorden}", words) if fit else None


def _rung(
    exercise: Exercise, reading: Reading, failed: Sequence[str], phrases: Phrases, tries: int
) -> str | None:
    """The rung reached beside the rung aimed at, while the answer stands too low."""
    if exercise.aim is None or not failed or reading.rung is Rung.NONE:
        return None
    if LADDER.index(reading.rung) >= LADDER.index(exercise.aim):
        return None
    line = phrases.rung[(tries - 1) % len(phrases.rung)]
    return line.format(nu=phrases.rungs[reading.rung], doel=phrases.rungs[exercise.aim])


def _example(exercise: Exercise, phrases: Phrases, tries: int) -> str | None:
    if exercise.answer:
        return _said(phrases, "solution", tries).replace("{waarom}", exercise.why)
    if exercise.example:
        return _said(phrases, "example", tries).replace("{zin}", exercise.example)
    return None


def _said(phrases: Phrases, key: str, count: int) -> str:
    variants = phrases.talk[key]
    return variants[count % len(variants)]


def quote(words: str) -> str:
    """At most `QUOTE_WORDS` words, to the letter as they stand in the answer."""
    found = list(re.finditer(r"\S+", words))
    cut = words[: found[QUOTE_WORDS - 1].end()] if len(found) > QUOTE_WORDS else words
    return cut.strip(" .,;:!?…‘’'\"")


# -- somebody's own sentence -----------------------------------------------------------------


def own_steps(reading: Reading, phrases: Phrases) -> tuple[int, ...]:
    """Which steps of the ladder the sentence still has to take, by their place."""
    rung = Rung.BLAME if reading.blame and reading.rung is Rung.NONE else reading.rung
    return tuple(i for i, step in enumerate(phrases.own) if rung in step.start)


def own_exercise(sentence: str, place: int, reading: Reading, phrases: Phrases) -> Exercise:
    """One step of an own sentence as an exercise; `reading` is of the sentence it began with."""
    step = phrases.own[place]
    wish = reading.reflection.wish if reading.reflection else None
    example = _said(phrases, "own_wish", 0).replace("{zin}", wish) if wish else ""
    return Exercise(
        id=f"eigen-{place}",
        kind="eigen",
        level=1,
        world="",
        prompt=sentence,
        ask=step.ask,
        needs=step.needs,
        hint=step.hint,
        example=example,
        aim=step.aim,
    )
