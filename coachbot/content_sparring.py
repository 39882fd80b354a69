"""Counterparts from `sparren/*.yml`: parsed, and proven to have an end and enough to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coachbot.content import plain
from coachbot.content_fields import Fields, plain_speech
from coachbot.dialogue import ContentError
from coachbot.nlp import cues
from coachbot.practice_checks import Signals
from coachbot.sparring import (
    FLAT,
    HOTTEST,
    OUTCOMES,
    SHARED,
    STEP,
    STUCK,
    Option,
    Scenario,
    State,
)
from coachbot.sparring_moves import COOLING, Move

FOLDER = "sparren"
PHRASES = "zinnen.yml"
#: The file that is filled with somebody's own case.
OWN = "eigen"
_SIGNALS = [
    "spiegel",
    "gevoel",
    "open_vraag",
    "eigen",
    "erkenning",
    "wij",
    "afspraak",
    "bevel",
    "dreiging",
    "afkappen",
    "recht",
    "sneer",
]
_TALK = [
    "choose",
    "unknown",
    "intro",
    "begin",
    "effect",
    "explain_on",
    "explain_off",
    "rewound",
    "rewound_start",
    "rewind_none",
    "silence",
    "stopped",
    "outcome_stap",
    "outcome_breuk",
    "outcome_vast",
    "outcome_tijd",
    "need",
    "shares",
    "best",
    "costliest",
    "costliest_words",
    "compare",
    "again",
    "bye",
    "course",
    "course_note",
    "own_missing",
    "help",
    "paused",
    "resumed",
]
_COMMANDS = ("stop", "explain", "rewind", "again", "help", "pause", "after")


@dataclass(frozen=True, slots=True)
class OwnCase:
    """How the other's side, as the user told it, is turned to what the other says itself."""

    lead: tuple[str, ...]
    turn: Mapping[str, str]
    unsure: frozenset[str]
    #: Words that are a verb when they stand last.
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sparring:
    """Everything that sparring needs."""

    scenarios: tuple[Scenario, ...]
    own: Scenario | None
    own_case: OwnCase
    talk: Mapping[str, tuple[str, ...]]
    effects: Mapping[str, tuple[str, ...]]
    temperature: Mapping[int, str]
    outcomes: Mapping[str, str]
    commands: Mapping[str, tuple[str, ...]]
    signals: Signals


def load(folder: Path) -> Sparring:
    """The counterparts of a dialogue folder; raises `ContentError` on the first mistake."""
    place = folder / FOLDER
    name = f"{FOLDER}/{PHRASES}"
    fields = Fields(
        plain(place / PHRASES),
        name,
        ["signals", "shared", "effects", "temperature", "talk", "own", "outcomes", "commands"],
    )
    signals = fields.group("signals", _SIGNALS).complete(_SIGNALS)
    shared = fields.group("shared", SHARED).complete(SHARED)
    own = fields.group("own", ("lead", "turn", "unsure", "verbs"))
    found = [
        parse(plain(path), path.stem, shared)
        for path in sorted(place.glob("*.yml"))
        if path.name != PHRASES
    ]
    return Sparring(
        scenarios=tuple(sorted((s for s in found if s.name != OWN), key=lambda s: s.order)),
        own=next((s for s in found if s.name == OWN), None),
        own_case=OwnCase(
            own.texts("lead"),
            own.group("turn").all_text(),
            frozenset(own.texts("unsure")),
            frozenset(own.texts("verbs")),
        ),
        talk=fields.group("talk", _TALK).complete(_TALK),
        effects=fields.group("effects", [*Move, "geen"]).complete([*Move, "geen"]),
        temperature={int(k): v for k, v in fields.group("temperature", "1234").all_text().items()},
        outcomes=fields.group("outcomes", OUTCOMES).all_text(),
        commands=fields.group("commands", _COMMANDS).complete(_COMMANDS),
        signals={key: cues.compiled(words) for key, words in signals.items()},
    )


def parse(data: Any, name: str, shared: Mapping[str, tuple[str, ...]]) -> Scenario:
    """One file to a counterpart."""
    where = f"{FOLDER}/{name}.yml"
    fields = Fields(
        data,
        where,
        [
            "order",
            "title",
            "other",
            "setting",
            "standpoint",
            "worry",
            "need",
            "begin",
            "start",
            "about",
            "opening",
            "states",
            "heat",
            "ends",
        ],
    )
    states = fields.group("states")
    allowed = [*states.data, STEP]
    heat = fields.group("heat", "234")
    ends = fields.group("ends", OUTCOMES)
    return Scenario(
        name=name,
        order=fields.number("order", 1, 99),
        title=fields.text("title"),
        other=fields.text("other"),
        setting=fields.texts("setting"),
        standpoint=fields.text("standpoint"),
        worry=fields.text("worry"),
        need=fields.text("need"),
        begin=fields.number("begin", 1, HOTTEST),
        start=fields.names("start", states.data)[0],
        about=fields.texts("about"),
        opening=fields.texts("opening"),
        states={key: _state(key, states, allowed) for key in states.data},
        heat={int(key): heat.texts(key) for key in ("2", "3", "4")},
        ends={key: ends.texts(key) for key in OUTCOMES},
        shared=shared,
    )


def _state(name: str, states: Fields, allowed: list[str]) -> State:
    fields = states.group(name, ("say", "stay", "next"))
    options = []
    for item, where in fields.list("next"):
        option = Fields(item, where, ("when", "goto", "cool"))
        options.append(
            Option(
                tuple(Move(m) for m in option.names("when", [str(m) for m in COOLING])),
                option.names("goto", allowed)[0],
                option.number("cool", 1, HOTTEST),
            )
        )
    return State(name, fields.texts("say"), fields.texts("stay"), tuple(options))


def faults(folder: Path) -> list[str]:
    """Every fault in the counterparts of a folder; none when it has none."""
    if not (folder / FOLDER).is_dir():
        return []
    try:
        sparring = load(folder)
    except ContentError as error:
        return [str(error)]
    found: list[str] = []
    for scenario in (*sparring.scenarios, *([sparring.own] if sparring.own else [])):
        found += _sound(scenario)
    for texts in (*sparring.talk.values(), *sparring.effects.values()):
        found += plain_speech(texts, f"{FOLDER}/{PHRASES}")
    return found


def lines(scenario: Scenario) -> Iterator[str]:
    """Every line of a counterpart's own."""
    yield from scenario.opening
    for state in scenario.states.values():
        yield from (*state.say, *state.stay)
    for pool in (*scenario.heat.values(), *scenario.ends.values()):
        yield from pool


def _sound(scenario: Scenario) -> list[str]:
    where = f"{FOLDER}/{scenario.name}.yml"
    found = plain_speech(lines(scenario), where)
    seen: set[str] = set()
    for line in (*lines(scenario), *(x for pool in scenario.shared.values() for x in pool)):
        if line in seen:
            found.append(f"{where}: the same line twice: {line!r}")
        seen.add(line)
    reached = {scenario.start}
    while True:
        more = {o.goto for n in reached if n != STEP for o in scenario.states[n].next} - reached
        if not more:
            break
        reached |= more
    found += [
        f"{where}: states.{n}: cannot be reached" for n in scenario.states if n not in reached
    ]
    if STEP not in reached:
        found.append(f"{where}: no shared step can be reached")
    for state in scenario.states.values():
        if len(state.stay) + len(scenario.shared[FLAT]) <= STUCK:
            found.append(f"{where}: states.{state.name}.stay: too few lines to last {STUCK} turns")
    return found
