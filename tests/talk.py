"""Runs a transcript: plain text that a facilitator can write.

# a comment
begin: gesprek/samen          start in this state instead of at the welcome
weet: behoefte = rust thuis   and with this remembered
> what the person types
[verwijt -> terugval]         the rung that must be read and the state that must follow
verwijt: ja                   whether blame must be read in it
gevoel: boos bang             the feelings that must be read in it, or: geen
< a line the coach must say, to the letter
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from coachbot.coach import Coach
from coachbot.corrections import place
from coachbot.model import Reply, Turn

FOLDER = Path(__file__).parent / "conversations"


@dataclass
class Step:
    """One message and what is expected after it."""

    line: int
    text: str
    rung: str | None = None
    state: str | None = None
    blame: bool | None = None
    feelings: set[str] | None = None
    says: list[str] = field(default_factory=list)


@dataclass
class Scene:
    """A session from where it begins; a whole conversation begins at the welcome."""

    begin: str | None = None
    memory: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


@dataclass
class Transcript:
    """One file: a whole conversation, or several short scenes."""

    path: Path
    scenes: list[Scene] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """One conversation that begins at the welcome."""
        return len(self.scenes) == 1 and self.scenes[0].begin is None


def parse(path: Path) -> Transcript:
    """A transcript file to steps; a line of no known form is an error that names it."""
    transcript = Transcript(path)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("begin:"):
            transcript.scenes.append(Scene(line.removeprefix("begin:").strip()))
            continue
        if not transcript.scenes:
            transcript.scenes.append(Scene())
        scene = transcript.scenes[-1]
        if line.startswith(">"):
            scene.steps.append(Step(number, line[1:].removeprefix(" ")))
        elif line.startswith("<"):
            scene.steps[-1].says.append(line[1:].strip())
        elif line.startswith("weet:"):
            slot, _, text = line.removeprefix("weet:").partition("=")
            scene.memory[slot.strip()] = text.strip()
        elif found := re.fullmatch(r"verwijt: (ja|nee)", line.strip()):
            scene.steps[-1].blame = found[1] == "ja"
        elif line.startswith("gevoel:"):
            scene.steps[-1].feelings = set(line.removeprefix("gevoel:").split()) - {"geen"}
        elif found := re.fullmatch(r"\[(\S+) -> (\S+)\]", line.strip()):
            scene.steps[-1].rung, scene.steps[-1].state = found.groups()
        else:
            raise ValueError(f"{path.name}:{number}: {line!r} is no line of a transcript")
    return transcript


def play(coach: Coach, transcript: Transcript) -> list[Turn]:
    """Holds the conversation for real and checks every expectation; returns the turns."""
    turns: list[Turn] = []
    record = coach.store.record

    def remember(*args, **kwargs):  # type: ignore[no-untyped-def]
        turns.append(args[2])
        return record(*args, **kwargs)

    coach.store.record = remember  # type: ignore[method-assign]
    try:
        for number, scene in enumerate(transcript.scenes):
            user = f"test:{transcript.path.stem}:{number}"
            coach.open(user)
            if scene.begin:
                _place(coach, user, scene)
            for step in scene.steps:
                reply = coach.hear(user, step.text)
                _expect(transcript, step, turns[-1], reply)
    finally:
        coach.store.record = record  # type: ignore[method-assign]
    return turns


def _place(coach: Coach, user: str, scene: Scene) -> None:
    row, session = coach.store.load(user)
    assert session is not None and scene.begin is not None
    turn = place(coach.engine, session, scene.begin, scene.memory)
    coach.store.record(user, row, turn, None, None)


def _expect(transcript: Transcript, step: Step, turn: Turn, reply: Reply) -> None:
    where = f"{transcript.path.name}:{step.line}: {step.text!r}"
    if step.rung is not None:
        assert str(turn.reading.rung) == step.rung, f"{where} was read as {turn.reading.rung}"
        assert turn.after.state == step.state, f"{where} led to {turn.after.state}: {reply.lines}"
    if step.blame is not None:
        assert turn.reading.blame == step.blame, f"{where}: blame was read as {turn.reading.blame}"
    if step.feelings is not None:
        felt = {str(emotion) for emotion in turn.reading.emotions}
        assert felt == step.feelings, f"{where}: feelings were read as {felt}"
    for said in step.says:
        assert said in reply.lines, f"{where}: the coach said {reply.lines}"
    assert 1 <= len(reply.lines) <= 3 and all(line.strip() for line in reply.lines), where
    assert sum(line.count("?") for line in reply.lines) <= 2, f"{where}: {reply.lines}"
