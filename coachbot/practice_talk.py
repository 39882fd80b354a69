"""The talk around the exercises: one message in, what is said and what is to be kept out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coachbot import choosing
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
    """Where somebody is: `phase` is choose, answer, more, own_ask or own."""

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


def menu(known: Known) -> Said:
    """The kinds to choose from, a sentence of one's own last."""
    return Said(Reply((_say(known.phrases, "choose", 0),), _titles(known)), State("choose"))


def find(known: Known, text: str) -> str | None:
    """A kind by its name, its number or words of its title."""
    names = [kind.name for kind in known.kinds]
    listed = [(kind.name, kind.title) for kind in known.kinds]
    place = choosing.place(text, [*listed, (OWN, known.phrases.own_title)])
    return None if place is None else [*names, OWN][place]


def where(known: Known, state: State) -> Reply:
    """What is open, asked once more."""
    phrases = known.phrases
    if state.phase == "choose":
        return menu(known).reply
    if state.phase == "own_ask":
        return Reply((_say(phrases, "own_ask", 0),))
    if state.phase == "more":
        return _more(phrases, state)
    exercise = current(known, state)
    if state.phase == "own":
        return Reply((_ask(exercise, state),), _options(exercise, phrases))
    return Reply(_shown(known, exercise, state), _options(exercise, phrases))


def respond(known: Known, state: State, reading: Reading) -> Said:
    """One message: an answer, or a word that steers ("hint", "andere", "voortgang", "stop")."""
    state = replace(state, count=state.count + 1)
    phrases = known.phrases
    said = reading.text.strip().lower().rstrip(".!")
    if said in phrases.commands["stop"]:
        return Said(Reply((_say(phrases, "bye", state.count),), ended=True), None)
    if said in phrases.commands["kinds"]:
        return menu(known)
    if said in phrases.commands["progress"]:
        found = progress(known.kinds, known.done, known.now)
        open_ = where(known, state)
        return Said(replace(open_, lines=report(found, phrases) + open_.lines), state, None, found)
    if state.phase == "choose":
        kind = find(known, said)
        if kind is None:
            return Said(Reply((_say(phrases, "unknown", 0),), _titles(known)), state)
        return start(known, kind)
    if said in phrases.commands["back"]:
        return _back(known, state)
    if state.phase == "more":
        if reading.act is Act.NO and not reading.rest:
            return Said(Reply((_say(phrases, "bye", state.count),), ended=True), None)
        return _next(known, replace(state, phase="answer"), ())
    if state.phase == "own_ask":
        return _own_begins(known, state, reading)
    exercise = current(known, state)
    if said in phrases.commands["hint"]:
        lines = (exercise.hint, _ask(exercise, state))
        return Said(Reply(lines, _options(exercise, phrases)), state)
    if said in phrases.commands["other"] and state.phase == "own":
        return start(known, OWN)
    if said in phrases.commands["other"]:
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
        reply = Reply(lines, _options(exercise, phrases))
        return Said(reply, replace(state, tries=tries), attempt)
    lines = feedback.lines
    if feedback.passed:
        lines = (*lines, exercise.why or _say(phrases, "passed", state.count))
    if state.phase == "own":
        return _own_climbs(known, state, reading, lines, attempt)
    after = replace(
        state, phase="more", tries=0, skipped=(*state.skipped, exercise.id), exercise=""
    )
    more = _more(phrases, state)
    return Said(replace(more, lines=lines + more.lines), after, attempt)


def _own_begins(known: Known, state: State, reading: Reading) -> Said:
    steps = own_steps(reading, known.phrases)
    wish = reading.reflection.wish if reading.reflection else None
    after = replace(state, phase="own", sentence=reading.text.strip(), steps=steps, wish=wish)
    high = len(steps) == 1
    lines: tuple[str, ...] = ()
    if high:
        name = known.phrases.rungs[reading.rung]
        lines = (_say(known.phrases, "own_high", state.count).format(nu=name),)
    exercise = current(known, after)
    ask = _ask(exercise, after)
    return Said(Reply((*lines, ask), _options(exercise, known.phrases)), after)


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
        exercise = current(known, after)
        reply = Reply((*lines, _ask(exercise, after)), _options(exercise, phrases))
        return Said(reply, after, attempt)
    if attempt.feedback.passed:
        lines = (*lines, _say(phrases, "own_done", state.count).format(zin=reading.text.strip()))
    after = State("more", None, count=state.count)
    more = _more(phrases, state)
    return Said(replace(more, lines=lines + more.lines), after, attempt)


def _back(known: Known, state: State) -> Said:
    """One step back: to the exercise that was just done; while answering there is none to take."""
    if state.phase == "more" and state.skipped:
        *skipped, last = state.skipped
        again = replace(state, phase="answer", exercise=last, skipped=tuple(skipped))
        return Said(where(known, again), again)
    open_ = where(known, state)
    line = _say(known.phrases, "back", 0)
    return Said(replace(open_, lines=(line, *open_.lines[-1:])), state)


def _next(known: Known, state: State, before: tuple[str, ...]) -> Said:
    phrases = known.phrases
    wanted = None if state.kind == OWN else state.kind
    exercise = pick(known.kinds, known.done, known.due, known.now, wanted, state.skipped)
    if exercise is None:
        return Said(Reply((_say(phrases, "nothing", 0),), ended=True), None)
    after = replace(state, phase="answer", exercise=exercise.id, tries=0)
    lines = (*before, *_shown(known, exercise, state))
    return Said(Reply(lines, _options(exercise, phrases)), after)


def _shown(known: Known, exercise: Exercise, state: State) -> tuple[str, ...]:
    """An exercise as it is given: its kind and world, the sentence, and what to do with it."""
    phrases = known.phrases
    kind = next(kind for kind in known.kinds if kind.name == exercise.kind)
    world = phrases.worlds[exercise.world]
    intro = _say(phrases, "intro", 0).format(titel=kind.title, wereld=world)
    prompt = _say(phrases, "prompt", 0).replace("{zin}", exercise.prompt)
    return (intro, prompt, _ask(exercise, state))


def _options(exercise: Exercise, phrases: Phrases) -> tuple[str, ...]:
    """What can be chosen: the answers where there are such, else the words that steer."""
    return tuple(exercise.choices) or phrases.commands["offer"]


def _titles(known: Known) -> tuple[str, ...]:
    return (*(kind.title for kind in known.kinds), known.phrases.own_title)


def _more(phrases: Phrases, state: State) -> Reply:
    return Reply((_say(phrases, "more", state.count),), phrases.commands["more"])


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
