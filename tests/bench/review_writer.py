"""A bot that writes: turns of shared conversations at a steady rate, each one timed.

Called as a program: DATABASE SECONDS RATE. Prints the milliseconds of every turn as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from coachbot import content, demo, nlp
from coachbot.coach import Coach
from coachbot.engine import Engine
from coachbot.store import Store
from coachbot.store_consent import Consent

PEOPLE = 30


def main(path: str, seconds: float, rate: float) -> list[float]:
    """Every person says a line in turn; their conversations are shared from the first line."""
    store = Store(Path(path))
    store.db.execute("pragma synchronous = normal")
    coach = Coach(Engine(content.load(content.default_dir())), store, nlp.load())
    rng = random.Random(7)
    code = store.db.execute("select code from groups order by id desc limit 1").fetchone()[0]
    consent, parts = Consent(store), {}
    for number in range(PEOPLE):
        user = f"bench:{number}"
        coach.open(user)
        joined = consent.join(user, code)
        session = store.load(user)[0]
        assert joined and session and consent.share(user, session, joined.group.id)
        parts[user] = demo.Part(demo.cast().pick(rng), rng)
    print("ready", flush=True)
    sys.stdin.readline()
    taken, start = [], time.perf_counter()
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, start + number / rate - time.perf_counter()))
        user = f"bench:{number % PEOPLE}"
        _, session_now = store.load(user)
        text = parts[user].answer(session_now.state) if session_now else "hallo"
        begun = time.perf_counter()
        coach.hear(user, text)
        taken.append((time.perf_counter() - begun) * 1_000)
    return taken


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))
