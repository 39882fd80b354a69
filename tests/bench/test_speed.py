"""Benchmarks, apart from `make test`: `make bench`. Times are of this machine; see the README."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path

import pytest

from coachbot import content, nlp
from coachbot.coach import Coach
from coachbot.engine import Engine
from coachbot.store import Store

MESSAGES = [
    "ja",
    "Mijn leidinggevende zet me altijd in de late dienst en luistert nooit naar wat ik vind.",
    "nee, het gaat me om de kinderen, die zie ik bijna niet meer",
    "ik ben bang dat ik het thuis niet meer volhoud als dit zo doorgaat",
    "boos",
    "ik wil graag weten waar ik aan toe ben, want anders kan ik niets plannen",
    "weet ik niet",
    "als hij binnenkomt, dan vraag ik eerst hoe het met de bezetting zit",
]
P50_MS, P99_MS = 15.0, 50.0
TURNS = 800


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Coach:
    store = Store(tmp_path_factory.mktemp("bench") / "coach.db")
    return Coach(Engine(content.load(content.default_dir())), store, nlp.load())


def test_reading_plus_reply(coach: Coach) -> None:
    """p50 and p99 of one message on one core, store included."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    coach.open("bench")
    took = []
    for text, _ in zip(cycle(MESSAGES), range(TURNS), strict=False):
        start = time.perf_counter()
        coach.hear("bench", text)
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    p50, p99 = took[TURNS // 2], took[int(TURNS * 0.99)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\np50 {p50:.1f} ms, p99 {p99:.1f} ms, resident {memory:.0f} MB")
    assert p50 < P50_MS and p99 < P99_MS and memory < 400


def test_reading_alone(coach: Coach, benchmark) -> None:  # type: ignore[no-untyped-def]
    benchmark(nlp.read, coach.language, MESSAGES[1])


@pytest.mark.parametrize(("args", "limit"), [(("--help",), 0.4), (("chat",), 3.0)])
def test_start(tmp_path: Path, args: tuple[str, ...], limit: float) -> None:
    """`--help`, and from start to the first prompt; the best of three, in seconds."""
    took = []
    for number in range(3):
        start = time.perf_counter()
        command = [sys.executable, "-m", "coachbot", *args]
        if args == ("chat",):
            command += ["--db", str(tmp_path / f"{number}.db")]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        took.append(time.perf_counter() - start)
    print(f"\n{' '.join(args)}: {min(took):.2f} s")
    assert min(took) < limit
