"""The commands as a user types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coachbot.content import default_dir

FIELDS = {
    "text",
    "rung",
    "level",
    "blame",
    "blame_cues",
    "emotions",
    "person",
    "time",
    "safety",
    "safety_certain",
    "reflection",
}


def run(*args: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coachbot", *args],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if not k.startswith("COACHBOT_")},
    )


def test_read_gives_one_json_object_a_line(tmp_path: Path) -> None:
    done = run("read", "--json", stdin="Hij komt altijd te laat.\n\nja\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["Hij komt altijd te laat.", "", "ja"]
    assert all(row.keys() >= FIELDS for row in rows)
    file = tmp_path / "in.txt"
    file.write_text("ik ben bang\n", encoding="utf-8")
    assert json.loads(run("read", str(file), "--json").stdout)["emotions"] == ["bang"]
    assert "zorg" in run("read", str(file)).stdout


def test_a_piped_conversation_ends_with_status_0(tmp_path: Path) -> None:
    done = run("chat", "--db", "t.db", stdin="hallo\nja\nmet mijn zus\n", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Waar gaat het gesprek over?" in done.stdout
    assert "Met wie ga je praten?" in done.stdout


def test_a_whole_conversation_leaves_a_card(tmp_path: Path) -> None:
    lines = [
        "ja",
        "met mijn baas over het rooster, morgen",
        "3",
        "ik ben bang dat ik het niet volhoud",
        "ja",
        "ik heb rust nodig",
        "ja",
        "mijn gezin",
        *["overslaan"] * 4,
        "we willen een rooster dat klopt",
        "ik kan een weekend draaien",
        "als hij begint, dan vraag ik eerst naar de bezetting",
        "8",
        "Ik heb rust nodig, kunnen we samen naar het rooster kijken?",
        "ja",
        "1",
    ]
    done = run("chat", "--plain", "--db", "t.db", stdin="\n".join(lines), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ik heb rust nodig" in done.stdout
    png, svg = tmp_path / "card.png", tmp_path / "card.svg"
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "<svg" in svg.read_text(encoding="utf-8")


def test_check_and_graph() -> None:
    done = run("check")
    assert done.returncode == 0 and "sound" in done.stdout
    assert "stateDiagram" in run("graph", "gesprek").stdout
    assert "there is: gesprek" in run("graph", "gesprekje").stderr


def test_check_names_the_fault(tmp_path: Path) -> None:
    text = (default_dir() / "veiligheid.yml").read_text(encoding="utf-8")
    (tmp_path / "veiligheid.yml").write_text(
        text.replace("goto: gevaar}", "goto: gevar}"), encoding="utf-8"
    )
    done = run("check", str(tmp_path))
    assert done.returncode == 1
    assert "goto 'gevar' is no state" in done.stderr and "Traceback" not in done.stderr


BAD = [
    (("chat", "--db", "."), "is a folder"),
    (("--dialogues", "nergens", "chat"), "is no folder"),
    (("read", "nergens.txt"), "nergens.txt"),
    (("evaluate", "cues", "bad.jsonl"), "bad.jsonl:1: no JSON"),
]


@pytest.mark.parametrize(("args", "expected"), BAD)
def test_bad_input_is_one_clear_line(tmp_path: Path, args: tuple[str, ...], expected: str) -> None:
    (tmp_path / "bad.jsonl").write_text("{nee\n", encoding="utf-8")
    done = run(*args, cwd=tmp_path)
    assert done.returncode != 0
    assert expected in done.stderr and "Traceback" not in done.stderr


def test_evaluate_prints_the_measures(tmp_path: Path) -> None:
    record = {
        "text": "Hij komt altijd te laat, laks is het.",
        "rung": "verwijt",
        "blame": True,
        "blame_cues": ["komt altijd te laat"],
        "emotions": [],
        "person": "jij",
        "time": "heden",
    }
    file = tmp_path / "een.jsonl"
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    printed = run("evaluate", "cues", str(file)).stdout
    assert "macro-F1" in printed and "overlap F1" in printed


def test_every_command_has_help() -> None:
    names = [
        line.split()[0] for line in run("--help").stdout.split("Commands:")[1].splitlines() if line
    ]
    assert {"chat", "read", "evaluate", "check", "graph"} <= set(names)
    for name in names:
        assert run(name, "--help").returncode == 0
