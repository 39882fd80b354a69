"""A counterpart to spar with: a machine in YAML, a temperature and a willingness to tell. Pure.

Blame, absolutes and orders heat it up and close it; a mirror that hits, a named feeling, an open
question, an own need and a wij-proposal cool it down and open it, one layer at a time. Rewinding to
try another way is what made competitive moves fall by two thirds ("Rehearsal", n = 40).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from coachbot.sparring_moves import HEATING, WARMTH, Heard, Move, Style, style

#: The thermometer of the method: 1 pleasant, 2 on guard, 3 at odds, 4 conflict.
COOLEST, HOTTEST = 1, 4
#: So much warmth lets the temperature fall by one.
DEGREE = 2
#: Talks end by themselves: after this many turns, and after so many without any effect in a row.
TURNS, STUCK = 30, 6
#: How a talk may end.
STEP, BREAK, DEADLOCK, TIME = "stap", "breuk", "vast", "tijd"
OUTCOMES = (STEP, BREAK, DEADLOCK, TIME)
#: Reactions a counterpart has lines for, beside entering a state.
HOT, COOL, FLAT = "heet", "koel", "vlak"
#: Last lines for who has rewound past all of its own; and silence when there is nothing left.
CLOSING, AGREEING, SILENT = "einde", "akkoord", "zwijgt"
SHARED = (HOT, COOL, FLAT, CLOSING, AGREEING, SILENT)


@dataclass(frozen=True, slots=True)
class Option:
    """Any of these moves leads on, when it is no hotter than `cool`."""

    when: tuple[Move, ...]
    goto: str
    cool: int


@dataclass(frozen=True, slots=True)
class State:
    """A layer: what is said on coming there, what when it stays, and what leads deeper."""

    name: str
    say: tuple[str, ...]
    stay: tuple[str, ...]
    next: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Somebody with a standpoint, a worry and a need, and what is between the two of you."""

    name: str
    order: int
    title: str
    other: str
    setting: tuple[str, ...]
    standpoint: str
    worry: str
    need: str
    begin: int
    start: str
    about: tuple[str, ...]
    opening: tuple[str, ...]
    states: Mapping[str, State]
    #: Lines by the temperature that was just reached, when the user heated it up.
    heat: Mapping[int, tuple[str, ...]]
    ends: Mapping[str, tuple[str, ...]]
    #: Lines any counterpart may say, by reaction.
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """One utterance: what was said, what it did, and where the talk stood before it."""

    text: str
    heard: tuple[Heard, ...]
    reply: str
    temperature: int
    state: str
    before: int
    state_before: str
    warmth_before: int
    stuck_before: int

    @property
    def gain(self) -> int:
        """What it brought: layers opened count most, then degrees, then warmth."""
        opened = 3 if self.state != self.state_before else 0
        warmth = sum(WARMTH.get(h.move, 0) for h in self.heard)
        return opened + 2 * (self.before - self.temperature) + warmth - self.cost

    @property
    def cost(self) -> int:
        """What it cost: degrees, and each move that heats."""
        rise = max(0, self.temperature - self.before)
        return 2 * rise + sum(1 for h in self.heard if h.move in HEATING)


@dataclass(frozen=True, slots=True)
class Run:
    """A talk under way: where it stands, and all that was said."""

    scenario: str
    state: str
    temperature: int
    opening: str
    warmth: int = 0
    stuck: int = 0
    moments: tuple[Moment, ...] = ()
    #: Every line the counterpart has spoken, also what was rewound past.
    spoken: tuple[str, ...] = ()
    outcome: str | None = None

    @property
    def last_said(self) -> str:
        """What the other said last."""
        return self.moments[-1].reply if self.moments else self.opening

    @property
    def course(self) -> tuple[int, ...]:
        """The temperature from the start, a value a turn."""
        first = self.moments[0].before if self.moments else self.temperature
        return (first, *(moment.temperature for moment in self.moments))


def begin(scenario: Scenario, count: int = 0) -> Run:
    """The start of a talk; `count` talks came before, so that it opens otherwise."""
    opening = scenario.opening[count % len(scenario.opening)]
    return Run(scenario.name, scenario.start, scenario.begin, opening, spoken=(opening,))


def respond(scenario: Scenario, run: Run, text: str, heard: tuple[Heard, ...]) -> Run:
    """The run after one utterance: another temperature, maybe another layer, and a line."""
    temperature, warmth = _temperature(run, heard)
    broken = temperature > HOTTEST
    temperature = min(temperature, HOTTEST)
    state = run.state if broken else _state(scenario, run, temperature, heard)
    moved = state != run.state or temperature != run.temperature or warmth > run.warmth
    stuck = 0 if moved else run.stuck + 1
    outcome = _outcome(scenario, run, state, broken, stuck)
    line = None
    if outcome is None:
        line = _line(scenario, run, state, temperature)
        outcome = None if line else DEADLOCK
    if outcome is not None:
        line = _last_line(scenario, run, outcome)
    assert line is not None
    moment = Moment(
        text,
        heard,
        line,
        temperature,
        state,
        run.temperature,
        run.state,
        run.warmth,
        run.stuck,
    )
    return replace(
        run,
        state=state,
        temperature=temperature,
        warmth=warmth,
        stuck=stuck,
        moments=(*run.moments, moment),
        spoken=(*run.spoken, line),
        outcome=outcome,
    )


def _temperature(run: Run, heard: Sequence[Heard]) -> tuple[int, int]:
    """Heat counts at once, warmth adds up; a kind word beside a blame does not undo it."""
    moves = {h.move for h in heard}
    hot = moves & set(HEATING)
    if hot:
        rise = 2 if Move.THREAT in hot and len(hot) > 1 else 1
        softened = hot <= {Move.ABSOLUTE, Move.DISMISS} and moves & {Move.MIRROR, Move.FEELING}
        return run.temperature + (0 if softened else rise), 0
    warmth = run.warmth + sum(WARMTH.get(move, 0) for move in moves)
    if warmth >= DEGREE and run.temperature > COOLEST:
        return run.temperature - 1, warmth - DEGREE
    return run.temperature, min(warmth, DEGREE)


def _state(scenario: Scenario, run: Run, temperature: int, heard: Sequence[Heard]) -> str:
    moves = {h.move for h in heard}
    if moves & set(HEATING):
        return run.state
    for option in scenario.states[run.state].next:
        if moves & set(option.when) and temperature <= option.cool:
            return option.goto
    return run.state


def _outcome(scenario: Scenario, run: Run, state: str, broken: bool, stuck: int) -> str | None:
    if state == STEP:
        return STEP
    if broken:
        return BREAK
    if stuck >= STUCK:
        return DEADLOCK
    return TIME if len(run.moments) + 1 >= TURNS else None


def _line(scenario: Scenario, run: Run, state: str, temperature: int) -> str | None:
    """A line for this moment that was not spoken before: its own first, then a shared one."""
    if temperature > run.temperature:
        pools = [scenario.heat.get(temperature, ()), scenario.shared[HOT]]
    elif state != run.state:
        pools = [scenario.states[state].say, scenario.states[state].stay, scenario.shared[COOL]]
    else:
        cooler = temperature < run.temperature
        pools = [scenario.states[state].stay, scenario.shared[COOL if cooler else FLAT]]
    return next((line for pool in pools if (line := _fresh(pool, run))), None)


def _last_line(scenario: Scenario, run: Run, outcome: str) -> str:
    shared = scenario.shared[AGREEING if outcome == STEP else CLOSING]
    line = _fresh(scenario.ends[outcome], run) or _fresh(shared, run)
    return line or scenario.shared[SILENT][0]


def _fresh(pool: Sequence[str], run: Run) -> str | None:
    return next((line for line in pool if line not in run.spoken), None)


def rewind(run: Run, number: int) -> Run:
    """The talk as it stood before utterance `number` (from 1); what was spoken stays spoken."""
    moment = run.moments[number - 1]
    return replace(
        run,
        state=moment.state_before,
        temperature=moment.before,
        warmth=moment.warmth_before,
        stuck=moment.stuck_before,
        moments=run.moments[: number - 1],
        outcome=None,
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is to learn from a talk."""

    outcome: str
    course: tuple[int, ...]
    #: Share of sentences by style, of those that have one.
    shares: Mapping[Style, float]
    best: tuple[Moment, ...]
    costliest: Moment | None


def summary(run: Run) -> Summary:
    """The course, the shares, the two best sentences and the costliest one."""
    styles = [style(m.heard) for m in run.moments]
    told = [s for s in styles if s is not Style.NONE]
    shares = {
        s: told.count(s) / len(told) if told else 0.0
        for s in (Style.INTERESTS, Style.RIGHTS, Style.POWER)
    }
    good = [m for m in run.moments if m.gain > 0]
    bad = [m for m in run.moments if m.cost > 0]
    best = sorted(good, key=lambda m: -m.gain)[:2]
    costly = max(bad, key=lambda m: m.cost, default=None)
    return Summary(run.outcome or DEADLOCK, run.course, shares, tuple(best), costly)
