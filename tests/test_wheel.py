"""The wheel carries everything that is needed at run time, and nothing of the training."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_runs_on_its_own(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    wheel = next(tmp_path.glob("*.whl"))
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(place)
    assert "coachbot/dialogues/gesprek.yml" in names
    assert "coachbot/nlp/cues.yml" in names
    pages = {"templates/session.html", "static/site.css", "static/site.js", "static/icon.svg"}
    assert {f"coachbot/review/{page}" for page in pages} <= set(names)
    assert not [name for name in names if name.startswith("coachbot/nlp/training/")]
    for args, stdin, expected in (
        (("check",), "", "sound"),
        (("read", "--json"), "Hij liegt altijd.\n", '"rung": "verwijt"'),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "coachbot", *args],
            input=stdin,
            cwd=place,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert expected in done.stdout, done.stderr
