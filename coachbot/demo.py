"""Made-up people who talk with the real coach, so that the facilitator's pages can be seen at once.

What they say is data (`demo.yml`): answers by the question that the coach asks.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from coachbot.coach import Coach
from coachbot.content_all import Material
from coachbot.desk import Desk
from coachbot.store import Store
from coachbot.store_consent import Consent
from coachbot.store_groups import Group, Groups
from coachbot.store_inbox import stamp
from coachbot.store_notes import Notes

FILE = Path(__file__).parent / "demo.yml"
#: Nobody talks longer than this. Who has nothing to say to a question skips it, and leaves when
#: that happens a few times in a row.
MOST_TURNS, MOST_SKIPS = 44, 3
SKIP = "overslaan"
#: Some leave half-way, most share, some practise; whose talk is about safety is rare.
LEAVES, SHARES, PRACTISES, RARE = 0.12, 0.9, 0.3, 0.25
#: Days over which the conversations are spread, up to today.
DAYS = 240


@dataclass(frozen=True, slots=True)
class Character:
    """A made-up person: words to choose from, and answers by state."""

    name: str
    words: dict[str, tuple[str, ...]]
    says: dict[str, tuple[str, ...]]
    rare: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and the names of the groups they are in."""

    groups: tuple[str, ...]
    people: tuple[Character, ...]
    #: What the facilitator notes with a few conversations.
    notes: tuple[str, ...]
    #: What is said to a counterpart, and the kinds of exercise that are done.
    spars: dict[str, tuple[str, ...]]
    exercises: tuple[str, ...]
    #: Sentences that make one telling different from another: one of each row.
    tails: tuple[tuple[str, ...], ...]

    def pick(self, rng: random.Random) -> Character:
        """Somebody; those whose talk is about safety are rare."""
        weights = [RARE if one.rare else 1.0 for one in self.people]
        return rng.choices(self.people, weights)[0]


@dataclass(slots=True)
class Part:
    """A character in one conversation: the words that were chosen, and what was said already."""

    character: Character
    rng: random.Random
    words: dict[str, str] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    #: With which of the answers to a question this person began.
    start: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = {name: self.rng.choice(all) for name, all in self.character.words.items()}

    def answer(self, state: str) -> str:
        """What this person says to the question of `state`, this time."""
        says = self.character.says
        # A first sentence that was not good enough yet is said better.
        last = says.get("openingszin", ())[-1:] if state.startswith("opening_") else ()
        answers = says.get(state, last)
        times = self.said.setdefault(state, 0)
        self.said[state] += 1
        if not answers or times > len(answers):
            return SKIP
        first = self.start.setdefault(state, self.rng.randrange(len(answers)))
        chosen = answers[(first + times) % len(answers)]
        return re.sub(r"{(\w+)}", lambda name: self.words[name[1]], chosen)


@cache
def cast() -> Cast:
    """The people of `demo.yml`; what anybody says is filled in for each."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    people = tuple(
        Character(
            name=one["name"],
            words={name: tuple(words) for name, words in one["words"].items()},
            says={k: tuple(v) for k, v in (data["anybody"] | one["says"]).items()},
            rare=one.get("rare", False),
        )
        for one in data["people"]
    )
    return Cast(
        groups=tuple(data["groups"]),
        people=people,
        notes=tuple(data["notes"]),
        spars={name: tuple(lines) for name, lines in data["spars"].items()},
        exercises=tuple(data["exercises"]),
        tails=tuple(map(tuple, data["tails"])),
    )


def hold(coach: Coach, user: str, part: Part, leave_after: int = MOST_TURNS) -> int:
    """Holds a conversation until it is over, or the person leaves; the session's number."""
    coach.open(user, "telegram")
    skips = 0
    for _ in range(leave_after):
        _, now = coach.store.load(user)
        if now is None or now.paused:
            break
        answer = part.answer(now.state)
        skips = skips + 1 if answer == SKIP else 0
        if skips == MOST_SKIPS or (skips and now.dialogue == coach.engine.safety):
            break
        coach.hear(user, answer, channel="telegram")
    found = coach.store.latest(user)
    assert found
    # Who left half-way comes back another day for something else.
    with coach.store.db.atomic():
        coach.store.db.execute("update sessions set ended = 1 where id = ?", [found[0]])
    return found[0]


def backdate(store: Store, session: int, start: datetime, rng: random.Random) -> None:
    """As if the conversation was held at `start`, with a message every minute or so."""
    turns = store.db.execute(
        "select id from turns where session = ? order by id", [session]
    ).fetchall()
    at = start
    with store.db.atomic():
        store.db.execute("update sessions set started = ? where id = ?", [stamp(start), session])
        store.db.execute("update shares set started = ? where session = ?", [stamp(start), session])
        for (turn,) in turns:
            store.db.execute("update turns set at = ? where id = ?", [stamp(at), turn])
            at += timedelta(seconds=rng.randint(15, 100))


def moments(count: int, now: datetime, rng: random.Random, days: int = DAYS) -> list[datetime]:
    """So many moments in the days before now, in the daytime, oldest first."""
    found = []
    for _ in range(count):
        day = now - timedelta(days=rng.triangular(0.1, days, 0.1))
        found.append(day.replace(hour=rng.randint(6, 21), minute=rng.randint(0, 59)))
    return sorted(found)


def practise(desk: Desk, user: str, rng: random.Random) -> None:
    """Spars with somebody, or does an exercise by its own example."""
    players = cast()
    if rng.random() < 0.5:
        name = rng.choice(list(players.spars))
        desk.spar(user, name)
        lines = players.spars[name]
    else:
        desk.practise(user, rng.choice(players.exercises))
        activity = desk.rows.activity(user)
        assert activity
        exercise = activity.state["exercise"]
        kinds = desk.practice.kinds
        lines = tuple(e.example for kind in kinds for e in kind.exercises if e.id == exercise)
    for line in lines:
        desk.hear(user, line)
    desk.leave(user)


def play(
    coach: Coach,
    material: Material,
    facilitator: int,
    sessions: int,
    now: datetime,
    rng: random.Random,
) -> list[Group]:
    """So many conversations of people in the groups of a facilitator; most are shared.

    Some practise half an hour later.
    """
    players, consent = cast(), Consent(coach.store)
    later = now
    desk = Desk(coach.store, material, coach.language, lambda: later)
    groups = [Groups(coach.store).create(facilitator, name) for name in players.groups]
    people = max(1, sessions // 3)
    for start in moments(sessions, now, rng):
        user = f"demo:{rng.randrange(people)}"
        group = groups[hash_of(user) % len(groups)]
        part = Part(players.pick(rng), rng)
        leave = rng.randint(9, 20) if rng.random() < LEAVES else MOST_TURNS
        session = hold(coach, user, part, leave)
        backdate(coach.store, session, start, rng)
        if rng.random() < PRACTISES:
            later = start + timedelta(minutes=30)
            practise(desk, user, rng)
        consent.join(user, group.code)
        if rng.random() < SHARES:
            consent.share(user, session, group.id)
    _notes(coach.store, facilitator)
    return groups


def _notes(store: Store, facilitator: int) -> None:
    """A few notes, so that there is something to see of them."""
    notes = cast().notes
    rows = store.db.execute(
        "select session from shares order by session desc limit ?", [len(notes)]
    ).fetchall()
    for (session,), text in zip(rows, notes, strict=False):
        Notes(store).add(facilitator, session, text)


def hash_of(user: str) -> int:
    """A number that belongs to a made-up person, the same each time."""
    return sum(map(ord, user)) * 31
