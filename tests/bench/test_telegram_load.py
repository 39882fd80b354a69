"""Figures of the bot under load, on loopback, with the real process. `make bench` runs it.

How long it takes is set with COACHBOT_BENCH_SECONDS (a phase, 60) and COACHBOT_BENCH_MINUTES (the
watch on memory, 10). The load generator and the Bot API server share the machine with the bot.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from talk import FOLDER, parse
from telegram_bot_process import Bot, Forks
from telegram_server import Call, Server
from test_telegram_faults import kill_again_and_again

SECONDS = float(os.environ.get("COACHBOT_BENCH_SECONDS", "60"))
MINUTES = float(os.environ.get("COACHBOT_BENCH_MINUTES", "10"))
CHATS, RATE = 50, 30.0
#: The figures that are promised, in milliseconds and seconds.
P50, P99, START, BACKLOG = 40.0, 150.0, 4.0, 1.0
#: Memory may still move by this much after the first five minutes.
FLAT = 0.05


def lines() -> list[str]:
    """What people type in the transcripts."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        found += [step.text for scene in parse(path).scenes for step in scene.steps]
    return [text for text in found if text.strip()]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def bot(server: Server, tmp_path: Path) -> Iterator[Bot]:
    free = {"COACHBOT_MESSAGES_PER_MINUTE": "10000", "COACHBOT_NEW_USERS_PER_HOUR": "100000"}
    with Bot(server, tmp_path / "coach.db", "--log-level", "warning", **free) as bot:
        # The menu is offered when everything is loaded.
        server.wait_for(lambda: server.of("setMyCommands"), 60)
        yield bot


def memory(bot: Bot) -> float:
    """Resident memory of the bot in MB."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def open_loop(server: Server, seconds: float, rate: float) -> list[tuple[int, int]]:
    """Messages at a steady rate, chat after chat; returns (update, chat) of each."""
    texts, chats = itertools.cycle(lines()), itertools.cycle(range(1, CHATS + 1))
    sent = []
    start = time.monotonic()
    for number in range(int(seconds * rate)):
        wait = start + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        chat = next(chats)
        sent.append((server.type(chat, next(texts)), chat))
    return sent


def delays(server: Server, sent: list[tuple[int, int]], calls: list[Call]) -> list[float]:
    """Milliseconds from handing each update over to the first answer to it.

    A chat is answered in order, so the first message after an update was handed over and after
    the answer to the one before is its answer.
    """
    answers: dict[int, list[float]] = {}
    for call in calls:
        if call.method in ("sendMessage", "sendPhoto"):
            answers.setdefault(call.chat, []).append(call.at)
    found = []
    for update, chat in sent:
        handed = server.handed[update]
        later = [at for at in answers.get(chat, []) if at >= handed]
        if later:
            found.append((later[0] - handed) * 1000)
    return found


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def say(text: str) -> None:
    """Shows a figure, also when pytest captures."""
    path = os.environ.get("COACHBOT_BENCH_REPORT")
    print(text)
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def test_start_to_first_poll(server: Server, tmp_path: Path) -> None:
    times = []
    for number in range(3):
        server.calls.clear()
        since = time.monotonic()
        with Bot(server, tmp_path / f"{number}.db") as bot:
            server.wait_for(lambda: any(c.method == "getUpdates" for c in list(server.calls)), 60)
            times.append(time.monotonic() - since)
            assert bot.stop() == 0
    say(f"start to first poll: {min(times):.2f} to {max(times):.2f} s (3 starts)")
    assert statistics.median(times) < START


def test_fifty_chats_at_thirty_messages_a_second(server: Server, bot: Bot) -> None:
    open_loop(server, 3, RATE)  # Everybody has begun, everything late is loaded.
    sent = open_loop(server, SECONDS, RATE)
    end = time.monotonic()
    last = {chat: update for update, chat in sent}
    server.wait_for(lambda: set(last.values()) <= server.handed.keys())
    server.wait_for(lambda: _all_answered(server, last), 60)
    backlog = time.monotonic() - end
    found = delays(server, sent, list(server.calls))
    p50, p99 = percentile(found, 0.5), percentile(found, 0.99)
    say(
        f"{CHATS} chats, {RATE:.0f} messages/s, {SECONDS:.0f} s: {len(found)} answers,"
        f" p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {max(found):.0f} ms,"
        f" all answered {backlog:.2f} s after the last; {memory(bot):.0f} MB"
    )
    assert len(found) == len(sent)
    assert backlog < BACKLOG
    assert p50 < P50 and p99 < P99


def _all_answered(server: Server, last: dict[int, int]) -> bool:
    calls = list(server.calls)
    newest = {c.chat: c.at for c in calls if c.method == "sendMessage"}
    return all(newest.get(chat, 0) >= server.handed[update] for chat, update in last.items())


def test_a_hundred_kills(server: Server, tmp_path: Path) -> None:
    forks = Forks()
    try:
        again = kill_again_and_again(forks, server, tmp_path / "coach.db", 100)
    finally:
        forks.close()
    say(f"100 kills, 300 messages: none lost, no turn twice, {again} answers sent a second time")


def test_memory_is_flat(server: Server, bot: Bot) -> None:
    """At ten messages a second from people who come and go."""
    marks = []
    for _ in range(int(MINUTES)):
        open_loop(server, 60, 10.0)
        marks.append(memory(bot))
        del server.calls[:-1000]
        server.sent.clear()
    half = min(5, len(marks) // 2)
    say(f"memory at the end of each minute (MB): {' '.join(f'{mark:.0f}' for mark in marks)}")
    assert marks[-1] <= marks[half - 1] * (1 + FLAT)
