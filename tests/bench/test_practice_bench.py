"""Practising, measured: judging an attempt, and ten thousand random walks a counterpart."""

from __future__ import annotations

import os
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
    """p99 of reading and judging an answer, over every example and prompt, on one thread.

    The clock on the wall also counts what other programs do; on a machine with more work than
    processors only the time of this thread says something about the program.
    """
    language = nlp.load()
    practice = content_practice.load(content.default_dir())
    wall, own, judged = [], [], []
    for round_ in range(ROUNDS + 1):
        for exercise in practice.exercises.values():
            for text in (exercise.example or exercise.answer, exercise.prompt):
                begin, thread = time.perf_counter(), time.thread_time()
                reading = nlp.read(language, text)
                middle = time.perf_counter()
                judge(exercise, reading, 1, practice.phrases)
                end = time.perf_counter()
                if round_:
                    own.append((time.thread_time() - thread) * 1000)
                    wall.append((end - begin) * 1000)
                    judged.append((end - middle) * 1000)
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    print(
        f"\nreading and judging {len(wall)} answers: p99 {p99(wall):.1f} ms on the wall,"
        f" {p99(own):.1f} ms of its own; judging alone {p99(judged):.2f} ms;"
        f" load {load:.1f} on {processors} processors"
    )
    assert p99(own) < P99_MS
    assert p99(wall) < P99_MS or load > processors


def p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


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
