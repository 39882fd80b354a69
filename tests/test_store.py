"""One SQLite file: whole turns or none, resumed after a kill, and clear words when it cannot be."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from coachbot.coach import Coach
from coachbot.packing import pack, unpack
from coachbot.store import Store, StoreError

TRIGGERS = "select name, sql from sqlite_master where type = 'trigger' order by name"
LINES = [
    "ja",
    "met mijn baas over het rooster, morgen",
    "2",
    "ik vind dat het rooster eerlijk moet",
    "ja",
]


def _turns(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as db:
        return db.execute(
            "select text, state_after from turns where text is not null order by id"
        ).fetchall()


def test_a_conversation_is_stored_and_resumed(coach: Coach) -> None:
    coach.open("een")
    for line in LINES:
        coach.hear("een", line)
    _, session = coach.store.load("een")
    assert session is not None and session.state == "peil_altijd"
    assert session.memory["ander"].text == "je baas"
    assert unpack(pack(session)) == session
    assert [text for text, _ in _turns(coach.store.path)] == LINES
    tables = dict(coach.store.db.execute("select slot, text from remembered").fetchall())
    assert tables["onderwerp"] == "het rooster"
    assert coach.store.db.execute("select moment from temperatures").fetchall() == [("voor",)]


def test_an_update_is_answered_once(coach: Coach) -> None:
    coach.open("een")
    first = coach.hear("een", "ja", update_id="7")
    again = coach.hear("een", "ja", update_id="7")
    assert first == again
    assert len(_turns(coach.store.path)) == 1


def test_taken_back_turns_do_not_count(coach: Coach) -> None:
    coach.open("een")
    for line in [*LINES, "terug", "terug"]:
        coach.hear("een", line)
    _, session = coach.store.load("een")
    assert session is not None and session.state == "wat_speelt_er"


def test_no_consent_leaves_nothing(coach: Coach) -> None:
    coach.open("een")
    coach.hear("een", "hij heeft mijn sleutelbos weggegooid")
    coach.hear("een", "nee")
    counts = [
        coach.store.db.execute(f"select count(*) from {table}").fetchone()[0]
        for table in ("sessions", "turns", "remembered")
    ]
    assert counts == [0, 0, 0]
    assert b"sleutelbos" not in coach.store.path.read_bytes()


def test_a_killed_process_loses_no_turn(tmp_path: Path) -> None:
    """`kill -9` while it reads: what was answered is stored, once, and the next start goes on."""
    path = tmp_path / "coach.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "coachbot", "chat", "--plain", "--db", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdin and process.stdout
    _answer(process)
    for line in LINES:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        _answer(process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [text for text, _ in _turns(path)] == LINES
    done = subprocess.run(
        [sys.executable, "-m", "coachbot", "chat", "--plain", "--db", str(path)],
        input="ik heb dan meer rust\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "je baas" in done.stdout
    assert len(_turns(path)) == len(LINES) + 1


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    lines = []
    while line := process.stdout.readline().strip():
        lines.append(line)
    assert lines
    return "\n".join(lines)


def test_files_that_cannot_serve_are_named(tmp_path: Path) -> None:
    text = tmp_path / "brief.db"
    text.write_text("geen database, wel een lange brief " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="is no SQLite database"):
        Store(text)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("create table boodschappen (wat text)")
    with pytest.raises(StoreError, match="another program"):
        Store(other)
    assert sqlite3.connect(other).execute("select count(*) from boodschappen").fetchone() == (0,)
    (tmp_path / "in_de_weg").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "in_de_weg" / "coach.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "coach.db"
    Store(path).close()
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="read-only"):
        Store(path)


def test_a_locked_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coachbot.store.BUSY_MS", 50)
    path = tmp_path / "coach.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin exclusive")
    with pytest.raises(StoreError, match="locked by another program"):
        Store(path)
    holder.close()


def test_opening_a_file_that_is_up_to_date_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "coach.db"
    Store(path).close()
    before = path.read_bytes()
    Store(path).close()
    assert path.read_bytes() == before


def test_a_trigger_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "coach.db"
    Store(path).close()
    wanted = sqlite3.connect(path).execute(TRIGGERS).fetchall()
    with sqlite3.connect(path) as db:
        db.execute("drop trigger share_given")
        db.execute("create trigger share_given after insert on shares begin select 1; end")
        db.execute("create trigger shared_once after insert on shares begin select 1; end")
    Store(path).close()
    assert wanted and sqlite3.connect(path).execute(TRIGGERS).fetchall() == wanted
