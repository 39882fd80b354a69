"""The talk around the exercises: one message in, what is said and what is to be kept out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coachbot.model import Act, Reading, Reply, Rung
from coachbot.practice import (
    TRIES,
    Exercise,
    Feedback,
    Kind,
    Phrases,
    judge,
    own_exercise,
    own_steps,
)
from coachbot.practice_plan import Done, Progress, pick, progress

#: The kind under which somebody's own sentence is kept.
OWN = "eigen"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to be kept; `final` when the exercise is over and may be scheduled."""

    exercise: str
    kind: str
    tries: int
    text: str
    feedback: Feedback
    rung: Rung
    final: bool


@dataclass(frozen=True, slots=True)
class State:
    """Where somebody is: `phase` is answer, more, own_ask or own."""

    phase: str
    kind: str | None = None
    exercise: str = ""
    tries: int = 0
    count: int = 0
    skipped: tuple[str, ...] = ()
    #: The own sentence, the rung it began on, its wish, the steps to go and the best answer so far.
    sentence: str = ""
    wish: str | None = None
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of somebody."""

    kinds: Sequence[Kind]
    phrases: Phrases
    done: Sequence[Done]
    due: Mapping[str, datetime]
    now: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """The answer, the state after it (None when it is over) and what is to be kept."""

    reply: Reply
    state: State | None
    attempt: Attempt | None = None
    progress: Progress | None = None


def start(known: Known, kind: str | None) -> Said:
    """The first exercise of a kind, or of what is due; `eigen` asks for a sentence of one's own."""
    if kind == OWN:
        ask = _say(known.phrases, "own_ask", 0)
        return Said(Reply((known.phrases.own_title, ask)), State("own_ask", OWN))
    waiting = sum(1 for due in known.due.values() if due <= known.now)
    lines: tuple[str, ...] = ()
    if waiting and kind is None:
        key = "due_one" if waiting == 1 else "due"
        lines = (_say(known.phrases, key, 0).format(aantal=waiting),)
    return _next(known, State("answer", kind), lines)


def respond(known: Known, state: State, reading: Reading) -> Said:
    """One message: an answer, or a word that steers ("hint", "andere", "voortgang", "stop")."""
    state = replace(state, count=state.count + 1)
    phrases = known.phrases
    said = reading.text.strip().lower().rstrip(".!")
    if said in phrases.commands["stop"]:
        return Said(Reply((_say(phrases, "bye", state.count),), ended=True), None)
    if said in phrases.commands["progress"]:
        found = progress(known.kinds, known.done, known.now)
        return Said(Reply(report(found, phrases)), state, None, found)
    if state.phase == "more":
        if reading.act is Act.NO and not reading.rest:
            return Said(Reply((_say(phrases, "bye", state.count),), ended=True), None)
        return _next(known, replace(state, phase="answer"), ())
    if state.phase == "own_ask":
        return _own_begins(known, state, reading)
    exercise = current(known, state)
    if said in phrases.commands["hint"]:
        return Said(Reply((exercise.hint, _ask(exercise, state)), _options(exercise)), state)
    if said in phrases.commands["other"] and state.phase == "answer":
        away = replace(state, skipped=(*state.skipped, exercise.id))
        return _next(known, away, (_say(phrases, "later", state.count),))
    return _attempt(known, state, exercise, reading)


def current(known: Known, state: State) -> Exercise:
    """The exercise that is being answered."""
    if state.phase == "own":
        exercise = own_exercise(
            state.sentence, state.steps[0], Reading(text=state.sentence), known.phrases
        )
        example = known.phrases.talk["own_wish"][0].replace("{zin}", state.wish or "")
        return replace(exercise, example=example if state.wish else "")
    return next(e for kind in known.kinds for e in kind.exercises if e.id == state.exercise)


def _attempt(known: Known, state: State, exercise: Exercise, reading: Reading) -> Said:
    phrases = known.phrases
    tries = state.tries + 1
    feedback = judge(exercise, reading, tries, phrases)
    over = feedback.passed or tries >= TRIES
    attempt = Attempt(exercise.id, exercise.kind, tries, reading.text, feedback, reading.rung, over)
    if not over:
        lines = (*feedback.lines, _say(phrases, "again", state.count))
        return Said(Reply(lines, _options(exercise)), replace(state, tries=tries), attempt)
    lines = feedback.lines
    if feedback.passed:
        lines = (*lines, exercise.why or _say(phrases, "passed", state.count))
    if state.phase == "own":
        return _own_climbs(known, state, reading, lines, attempt)
    more = _say(phrases, "more", state.count)
    after = replace(
        state, phase="more", tries=0, skipped=(*state.skipped, exercise.id), exercise=""
    )
    return Said(Reply((*lines, more)), after, attempt)


def _own_begins(known: Known, state: State, reading: Reading) -> Said:
    steps = own_steps(reading, known.phrases)
    wish = reading.reflection.wish if reading.reflection else None
    after = replace(state, phase="own", sentence=reading.text.strip(), steps=steps, wish=wish)
    high = len(steps) == 1
    lines: tuple[str, ...] = ()
    if high:
        name = known.phrases.rungs[reading.rung]
        lines = (_say(known.phrases, "own_high", state.count).format(nu=name),)
    return Said(Reply((*lines, _ask(current(known, after), after))), after)


def _own_climbs(
    known: Known, state: State, reading: Reading, lines: tuple[str, ...], attempt: Attempt
) -> Said:
    """The next step of the ladder, or the sentence that came of it."""
    phrases = known.phrases
    if not attempt.feedback.passed and not attempt.feedback.example:
        lines = (*lines, _say(phrases, "own_example", state.count))
    steps = state.steps[1:]
    if steps:
        after = replace(state, steps=steps, tries=0)
        return Said(Reply((*lines, _ask(current(known, after), after))), after, attempt)
    if attempt.feedback.passed:
        lines = (*lines, _say(phrases, "own_done", state.count).format(zin=reading.text.strip()))
    after = State("more", None, count=state.count)
    return Said(Reply((*lines, _say(phrases, "more", state.count))), after, attempt)


def _next(known: Known, state: State, before: tuple[str, ...]) -> Said:
    phrases = known.phrases
    wanted = None if state.kind == OWN else state.kind
    exercise = pick(known.kinds, known.done, known.due, known.now, wanted, state.skipped)
    if exercise is None:
        return Said(Reply((_say(phrases, "nothing", 0),), ended=True), None)
    kind = next(kind for kind in known.kinds if kind.name == exercise.kind)
    world = phrases.worlds[exercise.world]
    intro = _say(phrases, "intro", 0).format(titel=kind.title, wereld=world)
    prompt = _say(phrases, "prompt", 0).replace("{zin}", exercise.prompt)
    after = replace(state, phase="answer", exercise=exercise.id, tries=0)
    lines = (*before, intro, prompt, _ask(exercise, state))
    return Said(Reply(lines, _options(exercise)), after)


def _options(exercise: Exercise) -> tuple[str, ...]:
    return tuple(exercise.choices)


def _ask(exercise: Exercise, state: State) -> str:
    return exercise.ask[(state.count + state.tries) % len(exercise.ask)]


def _say(phrases: Phrases, key: str, count: int) -> str:
    variants = phrases.talk[key]
    return variants[count % len(variants)]


def report(found: Progress, phrases: Phrases) -> tuple[str, ...]:
    """`voortgang` in words: level and days in a row; what is passed of each kind is a picture."""
    if not any(passed for _, passed, _ in found.rows) and not found.streak:
        return (_say(phrases, "first", 0),)
    key = "days_none" if not found.streak else "days_one" if found.streak == 1 else "days"
    days = _say(phrases, key, 0).format(aantal=found.streak)
    head = _say(phrases, "progress", 0).format(niveau=found.level, hoogste=found.top, dagen=days)
    return (head,)
