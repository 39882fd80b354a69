"""The talk around sparring: choose, say something, see what it did, rewind, look back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coachbot import choosing, sparring
from coachbot.charts import Course
from coachbot.content_sparring import OWN, Sparring
from coachbot.model import Act, Reading, Reply
from coachbot.sparring import HOTTEST, Moment, Run, Scenario, Summary
from coachbot.sparring_moves import HEATING, Heard, Move, hear
from coachbot.sparring_own import filled


@dataclass(frozen=True, slots=True)
class Talk:
    """Where somebody is: `phase` is choose, talk or after; `fill`: words of an own case."""

    phase: str
    run: Run | None = None
    explain: bool = False
    count: int = 0
    row: int | None = None
    fill: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """The answer, the talk after it (None when it is over), and what is to be kept."""

    reply: Reply
    talk: Talk | None
    moment: Moment | None = None
    number: int = 0
    rewound: int = 0
    summary: Summary | None = None
    chart: Course | None = None


def menu(material: Sparring, fill: Mapping[str, str]) -> Said:
    """The list of counterparts to choose from, somebody's own case included when there is one."""
    reply = Reply((_say(material, "choose", 0),), tuple(s.title for s in listed(material, fill)))
    return Said(reply, Talk("choose", fill=fill))


def listed(material: Sparring, fill: Mapping[str, str]) -> list[Scenario]:
    """Who can be sparred with now."""
    own = [filled(material.own, fill)] if material.own and fill else []
    return [*material.scenarios, *own]


def find(material: Sparring, text: str, fill: Mapping[str, str]) -> Scenario | None:
    """A counterpart by number, name or words of its title."""
    there = listed(material, fill)
    found = choosing.place(text, [(s.name, s.title, s.other) for s in there])
    return None if found is None else there[found]


def begin(material: Sparring, scenario: Scenario, fill: Mapping[str, str], count: int) -> Said:
    """The setting, and the other's first line; `count` talks with this one came before."""
    run = sparring.begin(scenario, count)
    intro = _say(material, "intro", 0)
    intro = intro.format(ander=_capital(scenario.other), situatie=scenario.setting[0])
    reply = Reply((intro, _say(material, "begin", 0), _quoted(run.opening)))
    return Said(reply, Talk("talk", run, fill=fill))


def respond(
    material: Sparring,
    talk: Talk,
    reading: Reading,
    stop: frozenset[str],
    earlier: Sequence[Mapping[str, Any]],
) -> Said:
    """One message: something said to the other, or a word that steers."""
    talk = replace(talk, count=talk.count + 1)
    said = reading.text.strip().lower().rstrip(".!")
    commands = material.commands
    if talk.phase == "choose" or talk.run is None:
        return _chooses(material, talk, said)
    if said in commands["explain"]:
        explain = not talk.explain
        line = _say(material, "explain_on" if explain else "explain_off", 0)
        return Said(Reply((line,)), replace(talk, explain=explain))
    back = re.fullmatch(r"(.+?)(?:\s+(\d{1,2}))?", said)
    if said in commands["again"] and talk.run.moments:
        return _rewind(material, talk, talk.run, 1)
    if back and back.group(1) in commands["rewind"]:
        number = int(back.group(2)) if back.group(2) else len(talk.run.moments)
        return _rewind(material, talk, talk.run, number)
    if said in commands["stop"]:
        return _stop(material, talk, talk.run, earlier)
    if talk.phase == "after":
        return Said(where(material, talk), talk)
    if reading.act is Act.SILENCE:
        return Said(Reply((_say(material, "silence", talk.count),)), talk)
    return _says(material, talk, talk.run, reading, stop, earlier)


def where(material: Sparring, talk: Talk) -> Reply:
    """What is open: the list, what the other said last, or what can be done after the talk."""
    if talk.phase == "choose" or talk.run is None:
        return menu(material, talk.fill).reply
    if talk.phase == "after":
        return Reply((_say(material, "again", 0),), material.commands["after"])
    return Reply((_quoted(talk.run.last_said),))


def _says(
    material: Sparring,
    talk: Talk,
    run: Run,
    reading: Reading,
    stop: frozenset[str],
    earlier: Sequence[Mapping[str, Any]],
) -> Said:
    scenario = scenario_of(material, talk)
    heard = hear(reading, run.last_said, scenario.about, material.signals, stop)
    after = sparring.respond(scenario, run, reading.text.strip(), heard)
    moment = after.moments[-1]
    lines = [_quoted(moment.reply)]
    if talk.explain:
        lines.append(effect(material, moment, talk.count))
    talk = replace(talk, run=after)
    number = len(after.moments)
    if after.outcome is None:
        return Said(Reply(tuple(lines)), talk, moment, number)
    found = sparring.summary(after)
    lines += look_back(material, scenario, found, earlier)
    lines.append(_say(material, "again", 0))
    return Said(
        Reply(tuple(lines), material.commands["after"]),
        replace(talk, phase="after"),
        moment,
        number,
        summary=found,
        chart=_course(material, scenario, found, earlier),
    )


def _stop(material: Sparring, talk: Talk, run: Run, earlier: Sequence[Mapping[str, Any]]) -> Said:
    if talk.phase == "after" or not run.moments:
        return Said(Reply((_say(material, "bye", 0),), ended=True), None)
    scenario = scenario_of(material, talk)
    found = sparring.summary(run)
    lines = (_say(material, "stopped", 0), *look_back(material, scenario, found, earlier)[1:])
    chart = _course(material, scenario, found, earlier)
    return Said(Reply(lines, ended=True), None, summary=found, chart=chart)


def _chooses(material: Sparring, talk: Talk, said: str) -> Said:
    if said in material.commands["stop"]:
        return Said(Reply((_say(material, "bye", 0),), ended=True), None)
    scenario = find(material, said, talk.fill)
    if scenario is None:
        titles = tuple(s.title for s in listed(material, talk.fill))
        return Said(Reply((_say(material, "unknown", 0),), titles), talk)
    return begin(material, scenario, talk.fill, 0)


def _rewind(material: Sparring, talk: Talk, run: Run, number: int) -> Said:
    if not 0 < number <= len(run.moments):
        options = material.commands["after"] if talk.phase == "after" else ()
        return Said(Reply((_say(material, "rewind_none", 0),), options), talk)
    undone = run.moments[number - 1]
    back = sparring.rewind(run, number)
    key = "rewound" if back.moments else "rewound_start"
    line = _say(material, key, talk.count)
    line = line.replace("{zin}", undone.text).replace("{ander}", back.last_said)
    after = replace(talk, run=back, phase="talk")
    return Said(Reply((line,)), after, rewound=number)


def effect(material: Sparring, moment: Moment, count: int) -> str:
    """What an utterance did, and by which of its words."""
    shown = [h for h in moment.heard if h.move in HEATING] or list(moment.heard)
    parts = [
        _pick(material.effects[str(h.move)], count).replace("{woorden}", h.words) for h in shown[:2]
    ]
    text = " ".join(parts or [_pick(material.effects["geen"], count)])
    warmth = material.temperature[moment.temperature]
    return _say(material, "effect", 0).replace("{zinnen}", text).replace("{warmte}", warmth)


def look_back(
    material: Sparring,
    scenario: Scenario,
    found: Summary,
    earlier: Sequence[Mapping[str, Any]],
) -> list[str]:
    """How it ended, the shares, what worked, what cost most, and how it went last time."""
    lines = [_say(material, f"outcome_{found.outcome}", 0)]
    if scenario.need and found.outcome == sparring.STEP:
        lines.append(_say(material, "need", 0).format(behoefte=scenario.need))
    if any(found.shares.values()):
        lines.append(_say(material, "shares", 0).format(**_percent(found)))
    lines += [_say(material, "best", 0).replace("{zin}", m.text) for m in found.best]
    if found.costliest:
        lines.append(_cost(material, found.costliest))
    if earlier:
        last = earlier[-1]
        line = _say(material, "compare", 0)
        outcome = material.outcomes.get(last["outcome"], last["outcome"])
        lines.append(line.format(uitkomst=outcome, macht=last["macht"], belangen=last["belangen"]))
    return lines


def _cost(material: Sparring, moment: Moment) -> str:
    words = next((h.words for h in moment.heard if h.move in HEATING), "")
    key = "costliest_words" if words and words != moment.text.strip(" .!?") else "costliest"
    return _say(material, key, 0).replace("{zin}", moment.text).replace("{woorden}", words)


def _percent(found: Summary) -> dict[str, int]:
    return {str(style): round(share * 100) for style, share in found.shares.items()}


def turn(moment: Moment, number: int) -> dict[str, Any]:
    """One utterance as a row: what was said, its moves with their words, and what it led to."""
    return {
        "number": number,
        "text": moment.text,
        "effect": "; ".join(f"{h.move}: {h.words}" for h in moment.heard),
        "temperature": moment.temperature,
        "layer": moment.state,
        "reply": moment.reply,
    }


def figures(found: Summary) -> dict[str, Any]:
    """What of a run is kept to compare the next one with."""
    return {**_percent(found), "course": list(found.course)}


def _course(
    material: Sparring,
    scenario: Scenario,
    found: Summary,
    earlier: Sequence[Mapping[str, Any]],
) -> Course:
    names = tuple(material.temperature[degree] for degree in range(1, HOTTEST + 1))
    return Course(
        _say(material, "course", 0).format(titel=scenario.title),
        tuple(degree - 1 for degree in found.course),
        names,
        tuple(degree - 1 for degree in earlier[-1]["course"]) if earlier else (),
        _say(material, "course_note", 0) if earlier else "",
    )


def scenario_of(material: Sparring, talk: Talk) -> Scenario:
    """The counterpart of a talk under way."""
    assert talk.run is not None
    if talk.run.scenario == OWN and material.own:
        return filled(material.own, talk.fill)
    return next(s for s in material.scenarios if s.name == talk.run.scenario)


# -- to and from JSON data -------------------------------------------------------------------


def unpack(data: Mapping[str, Any]) -> Talk:
    """JSON data back to a talk."""
    run = data["run"]
    if run:
        moments = tuple(
            Moment(**m | {"heard": tuple(Heard(Move(h["move"]), h["words"]) for h in m["heard"])})
            for m in run["moments"]
        )
        run = Run(**run | {"moments": moments, "spoken": tuple(run["spoken"])})
    return Talk(**{**data, "run": run})


def _quoted(line: str) -> str:
    return f"— {line}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _say(material: Sparring, key: str, count: int) -> str:
    return _pick(material.talk[key], count)


def _pick(variants: Sequence[str], count: int) -> str:
    return variants[count % len(variants)]
