"""Questionnaires: one format, many instruments; answers to an outcome in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coachbot import choosing
from coachbot.charts import Bars
from coachbot.model import Reading, Reply

#: Which part decides the outcome: where it is least, most, or hottest; or where two axes meet.
LOWEST, HIGHEST, HOTTEST, GRID = "laagste", "hoogste", "heetste", "vlak"
RULES = (LOWEST, HIGHEST, HOTTEST, GRID)
#: From here on a part counts as there, or as high.
HIGH = 0.5
#: A change smaller than this is no change.
CHANGE = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is measured by statements, and what is said when it decides the outcome."""

    name: str
    label: str
    ask: tuple[str, ...]
    says: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said where two axes meet: `high` names the parts that are high there."""

    high: frozenset[str]
    label: str
    says: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Scan:
    """One instrument."""

    name: str
    order: int
    title: str
    intro: tuple[str, ...]
    scale: tuple[str, ...]
    rule: str
    radar: bool
    parts: tuple[Part, ...]
    cells: tuple[Cell, ...]
    #: Said when every part stands high, and nothing stands out as low.
    all_high: str

    @property
    def statements(self) -> tuple[str, ...]:
        """In the order in which they are asked."""
        return tuple(line for part in self.parts for line in part.ask)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said around any scan."""

    talk: Mapping[str, tuple[str, ...]]
    commands: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Taking:
    """A scan being filled in; `scan` is "" while somebody still chooses."""

    scan: str
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """The answer, the state after it (None when it is over), and the outcome at the end."""

    reply: Reply
    taking: Taking | None
    scores: Mapping[str, float] | None = None
    chart: Bars | None = None


def scores(scan: Scan, answers: Sequence[int]) -> dict[str, float]:
    """Each part from 0 to 1: the mean of its answers (places on the scale, from 0)."""
    found = {}
    place = 0
    for part in scan.parts:
        given = answers[place : place + len(part.ask)]
        found[part.name] = sum(given) / (len(given) * (len(scan.scale) - 1))
        place += len(part.ask)
    return found


def decides(scan: Scan, found: Mapping[str, float]) -> Part | Cell:
    """The part (or cell) that the outcome is about."""
    if scan.rule == GRID:
        high = frozenset(name for name, score in found.items() if score >= HIGH)
        return next(cell for cell in scan.cells if cell.high == high)
    if scan.rule == LOWEST:
        return min(scan.parts, key=lambda part: found[part.name])
    if scan.rule == HOTTEST:
        hot = [part for part in scan.parts if found[part.name] >= HIGH]
        if hot:
            return hot[-1]
    return max(scan.parts, key=lambda part: found[part.name])


def outcome(
    scan: Scan, found: Mapping[str, float], before: Mapping[str, float] | None, words: Words
) -> tuple[str, ...]:
    """In words: what stands out, what that means, what changed since last time, one question."""
    part = decides(scan, found)
    if scan.rule in (HIGHEST, HOTTEST) and not any(found.values()):
        return (_say(words, "nothing", 0),)
    if scan.rule == LOWEST and min(found.values()) > HIGH:
        lines = [scan.all_high.replace("{deel}", part.label)]
    else:
        lines = [_say(words, f"outcome_{scan.rule}", 0).replace("{deel}", part.label), *part.says]
    lines += _changes(scan, found, before, words)
    lines += [_say(words, "take", 0), part.question]
    return tuple(lines)


def _changes(
    scan: Scan, found: Mapping[str, float], before: Mapping[str, float] | None, words: Words
) -> list[str]:
    if before is None:
        return []
    shifts = {p.label: found[p.name] - before.get(p.name, found[p.name]) for p in scan.parts}
    label = max(shifts, key=lambda name: abs(shifts[name]))
    if abs(shifts[label]) < CHANGE:
        return [_say(words, "same", 0)]
    key = "more" if shifts[label] > 0 else "less"
    return [_say(words, key, 0).replace("{deel}", label)]


def chart(scan: Scan, found: Mapping[str, float], before: Mapping[str, float] | None) -> Bars:
    """Bars, or a radar; last time stands behind this time."""
    rows = tuple(
        (part.label, found[part.name], before.get(part.name) if before else None)
        for part in scan.parts
    )
    return Bars(scan.title, rows, radar=scan.radar)


# -- filling it in ---------------------------------------------------------------------------


def menu(scans: Sequence[Scan], words: Words) -> Said:
    """The list of scans to choose from."""
    reply = Reply((_say(words, "choose", 0),), tuple(scan.title for scan in scans))
    return Said(reply, Taking(""))


def find(scans: Sequence[Scan], text: str) -> Scan | None:
    """A scan by number, name or words of its title."""
    found = choosing.place(text, [(scan.name, scan.title) for scan in scans])
    return None if found is None else scans[found]


def begin(scan: Scan, words: Words) -> Said:
    """The first statement."""
    taking = Taking(scan.name)
    return Said(_asks(scan, taking, words, scan.intro), taking)


def where(scans: Sequence[Scan], taking: Taking, words: Words) -> Reply:
    """The question that is open, asked once more."""
    if not taking.scan:
        return menu(scans, words).reply
    return _asks(next(s for s in scans if s.name == taking.scan), taking, words, ())


def respond(
    scans: Sequence[Scan],
    taking: Taking,
    reading: Reading,
    before: Mapping[str, float] | None,
    words: Words,
) -> Said:
    """One answer: a choice of the scale, or a word that steers ("terug", "stop")."""
    said = reading.text.strip().lower().rstrip(".!")
    if said in words.commands["stop"]:
        return Said(Reply((_say(words, "bye", 0),), ended=True), None)
    if not taking.scan:
        chosen = find(scans, said)
        if chosen is None:
            titles = tuple(scan.title for scan in scans)
            return Said(Reply((_say(words, "unknown", 0),), titles), taking)
        return begin(chosen, words)
    scan = next(scan for scan in scans if scan.name == taking.scan)
    if said in words.commands["back"]:
        back = replace(taking, answers=taking.answers[:-1])
        return Said(_asks(scan, back, words, ()), back)
    choice = _choice(scan, said)
    if choice is None:
        return Said(_asks(scan, taking, words, (_say(words, "again", 0),)), taking)
    after = replace(taking, answers=(*taking.answers, choice))
    if len(after.answers) < len(scan.statements):
        return Said(_asks(scan, after, words, ()), after)
    found = scores(scan, after.answers)
    lines = outcome(scan, found, before, words)
    return Said(Reply(lines, ended=True), None, found, chart(scan, found, before))


def _choice(scan: Scan, said: str) -> int | None:
    """A place on the scale, from its number, its words or the start of them."""
    if said.isdecimal():
        return int(said) - 1 if 0 < int(said) <= len(scan.scale) else None
    exact = [i for i, option in enumerate(scan.scale) if option.lower() == said]
    near = [i for i, option in enumerate(scan.scale) if said and option.lower().startswith(said)]
    return exact[0] if exact else near[0] if len(near) == 1 else None


def _asks(scan: Scan, taking: Taking, words: Words, before: Sequence[str]) -> Reply:
    place = len(taking.answers)
    count = _say(words, "count", 0).format(nummer=place + 1, totaal=len(scan.statements))
    return Reply((*before, f"{count} {scan.statements[place]}"), scan.scale)


def _say(words: Words, key: str, count: int) -> str:
    variants = words.talk[key]
    return variants[count % len(variants)]
