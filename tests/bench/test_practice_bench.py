"""Practising, measured: judging an attempt, and ten thousand random walks a counterpart."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random

import pytest

from coachbot import content, content_practice, content_sparring, nlp
from coachbot.practice import judge

sys.path.insert(0, str(Path(__file__).parents[1]))
from test_sparring import SCENARIOS, WALKERS, scenario, walk

P99_MS, ROUNDS, WALKS = 20.0, 4, 10_000


def test_judging_an_attempt() -> None:
    """p99 of judging alone, and of reading plus judging, over every example and prompt."""
    language = nlp.load()
    practice = content_practice.load(content.default_dir())
    took, whole = [], []
    for _ in range(ROUNDS):
        for exercise in practice.exercises.values():
            for text in (exercise.example, exercise.prompt):
                begin = time.perf_counter()
                reading = nlp.read(language, text)
                middle = time.perf_counter()
                judge(exercise, reading, 1, practice.phrases)
                end = time.perf_counter()
                took.append((end - middle) * 1000)
                whole.append((end - begin) * 1000)
    took, whole = sorted(took[160:]), sorted(whole[160:])
    p99, p99_whole = took[int(len(took) * 0.99)], whole[int(len(whole) * 0.99)]
    print(f"\njudging p99 {p99:.2f} ms; reading and judging p99 {p99_whole:.1f} ms")
    assert p99 < P99_MS


@pytest.mark.parametrize("name", SCENARIOS)
def test_ten_thousand_walks(name: str) -> None:
    found = scenario(content_sparring.load(content.default_dir()), name)
    random = Random(name)
    longest = 0
    for moves in WALKERS.values():
        for _ in range(WALKS // len(WALKERS)):
            run = walk(found, random, moves)
            assert len(set(run.spoken)) == len(run.spoken)
            longest = max(longest, len(run.moments))
    print(f"\n{name}: longest talk {longest} turns")
