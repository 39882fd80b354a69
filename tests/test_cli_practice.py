"""The practising commands as a user types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUNS = [
    (("practise", "niveau"), "inhoud\nstop\n", "Dit is inhoud"),
    (("practise", "eigen"), "Hij luistert nooit.\nstop\n", "zorg"),
    (("progress",), "", "niets geoefend"),
    (("spar",), "zus\nstop\n", "Annelies"),
    (("spar", "klant"), "U moet betalen, anders stap ik naar de rechter.\nstop\n", "macht"),
    (("scan", "leiderschap"), "4\n" * 8, "de coachende rol"),
    (("card", "rust"), "", "Wees druk met rust"),
    (("theater", "An", "Bo", "Cor"), "\n" + "x\n" * 20, "Jullie besluiten op een rij"),
]


def run(*args: str, stdin: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coachbot", *args],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if not k.startswith("COACHBOT_")},
    )


@pytest.mark.parametrize(("args", "stdin", "expected"), RUNS, ids=lambda v: str(v)[:20])
def test_a_command_does_its_work(
    tmp_path: Path, args: tuple[str, ...], stdin: str, expected: str
) -> None:
    done = run(*args, "--db", "t.db", stdin=stdin, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout


@pytest.mark.parametrize("command", ["practise", "spar", "scan", "card"])
def test_an_unknown_name_is_one_clear_line(tmp_path: Path, command: str) -> None:
    done = run(command, "nergens", "--db", "t.db", stdin="", cwd=tmp_path)
    assert done.returncode != 0
    assert "there is:" in done.stderr and "Traceback" not in done.stderr


def test_a_pause_is_taken_up_by_the_same_command(tmp_path: Path) -> None:
    first = run("scan", "thermometer", "--db", "t.db", stdin="ja\npauze\nja\n", cwd=tmp_path)
    assert "blijven staan" in first.stdout and "3/12" not in first.stdout
    again = run("scan", "--db", "t.db", stdin="ja\nstop\n", cwd=tmp_path)
    assert "Daar ben je weer" in again.stdout and "3/12" in again.stdout


#: A conversation to its end; the worry is about being tired.
WHOLE = """ja
met mijn collega over het rooster, morgen
3
Ze zet mij altijd in de late dienst.
ja
Ik ben bang dat ik het niet volhoud, ik ben zo moe.
ja
Ik heb rust nodig.
ja
voor mijn gezin
overslaan
overslaan
overslaan
overslaan
overslaan
overslaan
overslaan
2
"""


@pytest.mark.parametrize(("typed", "offers"), [(WHOLE, 1), (WHOLE[:60] + "\nstop\n", 0)])
def test_a_conversation_that_ends_offers_one_fitting_card(
    tmp_path: Path, typed: str, offers: int
) -> None:
    done = run("chat", "--plain", "--db", "t.db", stdin=typed, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = [line for line in done.stdout.splitlines() if "kaartje" in line]
    assert len(found) == offers, done.stdout
    if found:
        name = found[0].split("coachbot card ")[1].split("’")[0]
        shown = run("card", name, "--db", "t.db", stdin="", cwd=tmp_path)
        assert shown.stdout.count("?") == 3


def test_what_is_not_safe_reaches_the_coach(tmp_path: Path) -> None:
    said = "Ik wil niet meer leven, ik maak er vanavond een eind aan.\n"
    done = run("practise", "opening", "--db", "t.db", stdin=said, cwd=tmp_path)
    assert "113" in done.stdout
