"""Whole conversations, and the proof that together they walk every transition."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from talk import FOLDER, parse, play

from coachbot.coach import Coach
from coachbot.dialogue import Dialogue
from coachbot.store import Store

TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
WHOLE = 15


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_conversation(coach: Coach, path: Path) -> None:
    play(coach, parse(path))


def test_enough_whole_conversations() -> None:
    whole = [path for path in TRANSCRIPTS if parse(path).whole]
    assert len(whole) >= WHOLE


def test_every_transition_is_walked(
    coach: Coach, dialogues: Mapping[str, Dialogue], tmp_path: Path
) -> None:
    walked = set()
    for path in TRANSCRIPTS:
        for turn in play(coach, parse(path)):
            walked |= set(turn.taken.split())
    wanted = {
        f"{name}/{state.name}#{index}"
        for name, dialogue in dialogues.items()
        for state in dialogue.states.values()
        for index, _ in enumerate(state.next)
    }
    wanted |= {f"{n}/*{aside.name}" for n, d in dialogues.items() for aside in d.asides}
    wanted |= {f"{n}/!{command}" for n, d in dialogues.items() for command in d.commands}
    missing = sorted(wanted - walked)
    assert not missing, f"{len(missing)} of {len(wanted)} never walked: {' '.join(missing)}"


def test_a_crash_between_turns_loses_nothing(coach: Coach, tmp_path: Path) -> None:
    """The store alone knows where somebody was: a new coach on the same file goes on."""
    path = next(path for path in TRANSCRIPTS if parse(path).whole)
    steps = parse(path).scenes[0].steps[:6]
    coach.open("een")
    for step in steps:
        expected = coach.hear("een", step.text)
    again = Coach(coach.engine, Store(tmp_path / "other.db"), coach.language)
    again.open("een")
    for step in steps:
        fresh = Coach(coach.engine, Store(tmp_path / "other.db"), coach.language)
        got = fresh.hear("een", step.text)
        fresh.store.close()
    again.store.close()
    assert got.lines == expected.lines
