"""A dialogue as values: `parse()` makes them from plain data; `soundness.check()` proves them.

A *state* says something and waits; an *option* is something heard. A state without `say` is a
*junction*: it chooses at once, with the same reading. No expressions, only registered conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coachbot.conditions import CONDITIONS, SLOTS

#: Targets that are no state: stay and ask again, or go back to where a detour began.
STAY, RESUME = "hier", "hervat"
#: What one reply may hold, the mirror and the question together.
MAX_SENTENCES = 2
#: Placeholders that can always be filled.
ALWAYS = frozenset({"ander", "waar", "citaat", "spiegel"})
#: Placeholders that depend on what was heard; a variant that needs one steps aside without it.
SOMETIMES = frozenset(SLOTS) - ALWAYS | {
    "zin",
    "cue",
    "cue_zin",
    "gevoelswoord",
    "absoluut",
    "getal",
    "standpunt_altijd",
    "standpunt_nooit",
    "wens",
    "behoefte_zin",
    "behoefte_dat",
    "behoefte_omdat",
    "ander_behoefte_dat",
    "zorg_zin",
    "dag",
    "wissen",
}


class ContentError(ValueError):
    """One clear line about a mistake in a dialogue file: where, what, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something heard, and where it leads.

    `remember` keeps the message under these names, `mirror` gives it back before the next question,
    `miss` counts it as an answer that does not fit, `detour` comes back here at `hervat`.
    """

    goto: str
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    remember: tuple[str, ...] = ()
    say: tuple[str, ...] = ()
    mirror: bool = False
    miss: bool = False
    detour: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to pick, and words by which a free answer is understood to be this one.

    A space in front of a word stands for its beginning: " open" is not heard in "lopen".
    """

    text: str
    hear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Something said, what may be heard then, and help for whoever gets stuck.

    `hint` helps who does not know, `explain` says what the coach is after, `skip` is where
    "overslaan" leads, `choices` are answers to pick from, `excuse` names asides
    that are real answers here,
    `intake` picks up who, what and when, `forget` erases the session that ends here.
    """

    name: str
    say: tuple[str, ...] = ()
    next: tuple[Option, ...] = ()
    hint: tuple[str, ...] = ()
    explain: tuple[str, ...] = ()
    skip: str | None = None
    choices: tuple[Choice, ...] = ()
    excuse: tuple[str, ...] = ()
    level: str | None = None
    intake: bool = False
    card: bool = False
    final: bool = False
    forget: bool = False

    @property
    def junction(self) -> bool:
        """Says nothing and chooses at once."""
        return not self.say


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that may be said anywhere; it is answered and the question asked again.

    `hint` and `explain` answer with the state's own hint or explanation, where it has one.
    """

    name: str
    when: tuple[str, ...]
    unless: tuple[str, ...] = ()
    say: tuple[str, ...] = ()
    miss: bool = False
    hint: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A word that works in any state."""

    name: str
    words: tuple[str, ...]
    say: tuple[str, ...]
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the card or the summary: a label and what is remembered under `slot`."""

    label: str
    slot: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One YAML file."""

    name: str
    start: str
    states: Mapping[str, State]
    asides: tuple[Aside, ...] = ()
    commands: Mapping[str, Command] = field(default_factory=dict)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    card: tuple[Row, ...] = ()
    summary: tuple[Row, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def _lines(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, str):
            raise ContentError(
                f'{where}: {item!r} is no text; write every sentence between quotes ("…")'
            )
    return tuple(items)


def _names(value: Any, where: str, allowed: Iterable[str]) -> tuple[str, ...]:
    names = _lines(value, where)
    known = set(allowed)
    for name in names:
        if name not in known:
            raise ContentError(
                f"{where}: {name!r} is not known; allowed: {', '.join(sorted(known))}"
            )
    return names


def _fields(data: Any, where: str, allowed: Iterable[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ContentError(f"{where}: expected keys with values, found {data!r}")
    for key in data:
        if key not in allowed:
            raise ContentError(f"{where}: key {key!r} is not known; allowed: {', '.join(allowed)}")
    return data


def _flag(data: dict[str, Any], key: str, where: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise ContentError(f"{where}.{key}: {value!r} is not allowed; allowed: true, false")
    return value


def _option(data: Any, where: str) -> Option:
    fields = _fields(
        data,
        where,
        ("when", "unless", "goto", "remember", "say", "mirror", "miss", "detour"),
    )
    if not isinstance(fields.get("goto"), str):
        raise ContentError(f"{where}.goto: {fields.get('goto')!r} is not allowed; name a state")
    return Option(
        goto=fields["goto"],
        when=_names(fields.get("when"), f"{where}.when", CONDITIONS),
        unless=_names(fields.get("unless"), f"{where}.unless", CONDITIONS),
        remember=_names(fields.get("remember"), f"{where}.remember", SLOTS),
        say=_lines(fields.get("say"), f"{where}.say"),
        mirror=_flag(fields, "mirror", where),
        miss=_flag(fields, "miss", where),
        detour=_flag(fields, "detour", where),
    )


def _state(name: str, data: Any, where: str, asides: Iterable[str]) -> State:
    keys = ("say", "next", "hint", "explain", "skip", "choices", "excuse", "level")
    fields = _fields(data, where, (*keys, "intake", "card", "final", "forget"))
    options = fields.get("next") or []
    if not isinstance(options, list):
        raise ContentError(f"{where}.next: expected a list of options, found {options!r}")
    level = fields.get("level")
    if level not in (None, "inhoud", "emotie", "intentie"):
        raise ContentError(
            f"{where}.level: {level!r} is not allowed; allowed: inhoud, emotie, intentie"
        )
    return State(
        name=name,
        say=_lines(fields.get("say"), f"{where}.say"),
        next=tuple(_option(o, f"{where}.next[{i}]") for i, o in enumerate(options)),
        hint=_lines(fields.get("hint"), f"{where}.hint"),
        explain=_lines(fields.get("explain"), f"{where}.explain"),
        skip=fields.get("skip"),
        choices=_choices(fields.get("choices"), f"{where}.choices"),
        excuse=_names(fields.get("excuse"), f"{where}.excuse", asides),
        level=level,
        intake=_flag(fields, "intake", where),
        card=_flag(fields, "card", where),
        final=_flag(fields, "final", where),
        forget=_flag(fields, "forget", where),
    )


def _choices(value: Any, where: str) -> tuple[Choice, ...]:
    choices = []
    for i, item in enumerate(value or []):
        if isinstance(item, dict):
            fields = _fields(item, f"{where}[{i}]", ("text", "hear"))
            text = _lines(fields.get("text"), f"{where}[{i}].text")
            choices.append(Choice("".join(text), _lines(fields.get("hear"), f"{where}[{i}].hear")))
        else:
            choices.append(Choice(_lines(item, f"{where}[{i}]")[0]))
    return tuple(choices)


def _aside(data: Any, where: str) -> Aside:
    fields = _fields(data, where, ("name", "when", "unless", "say", "miss", "hint", "explain"))
    return Aside(
        name=str(fields.get("name", "")),
        when=_names(fields.get("when"), f"{where}.when", CONDITIONS),
        unless=_names(fields.get("unless"), f"{where}.unless", CONDITIONS),
        say=_lines(fields.get("say"), f"{where}.say"),
        miss=_flag(fields, "miss", where),
        hint=_flag(fields, "hint", where),
        explain=_flag(fields, "explain", where),
    )


def _rows(data: Any, where: str) -> tuple[Row, ...]:
    rows = []
    for i, item in enumerate(data or []):
        fields = _fields(item, f"{where}[{i}]", ("label", "slot"))
        slot = _names(fields.get("slot"), f"{where}[{i}].slot", SLOTS)
        rows.append(Row(str(fields.get("label", "")), slot[0]))
    return tuple(rows)


def parse(data: Any, name: str) -> Dialogue:
    """Plain data (as YAML gives it) to a `Dialogue`; `name` stands in front of every error."""
    fields = _fields(
        data,
        name,
        ("start", "states", "anywhere", "commands", "phrases", "card", "summary", "labels"),
    )
    asides = tuple(
        _aside(a, f"{name}: anywhere[{i}]") for i, a in enumerate(fields.get("anywhere") or [])
    )
    aside_names = [aside.name for aside in asides]
    states = {
        str(key): _state(str(key), value, f"{name}: states.{key}", aside_names)
        for key, value in _fields(
            fields.get("states"), f"{name}: states", fields.get("states") or ()
        ).items()
    }
    commands = {}
    for key, value in (fields.get("commands") or {}).items():
        where = f"{name}: commands.{key}"
        command = _fields(value, where, ("words", "say", "otherwise"))
        commands[key] = Command(
            key,
            _lines(command.get("words"), f"{where}.words"),
            _lines(command.get("say"), f"{where}.say"),
            _lines(command.get("otherwise"), f"{where}.otherwise"),
        )
    return Dialogue(
        name=name.removesuffix(".yml"),
        start=str(fields.get("start")),
        states=states,
        asides=asides,
        commands=commands,
        phrases={
            key: _lines(value, f"{name}: phrases.{key}")
            for key, value in (fields.get("phrases") or {}).items()
        },
        card=_rows(fields.get("card"), f"{name}: card"),
        summary=_rows(fields.get("summary"), f"{name}: summary"),
        labels={str(k): str(v) for k, v in (fields.get("labels") or {}).items()},
    )


def sentences(line: str) -> int:
    """How many sentences a line holds; words quoted inside it do not count."""
    return len(re.findall(r"[.?](?=\s|$)|…$", re.sub(r"‘[^’]*’", "‘’", line)))


def placeholders(line: str) -> set[str]:
    """The names between braces in a sentence."""
    return set(re.findall(r"\{(\w*)\}", line))
