"""The README is always true: its commands exist and its conversation goes as it is printed."""

from __future__ import annotations

import re
from pathlib import Path

from coachbot.cli import main
from coachbot.coach import Coach

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_conversation_goes_as_printed(coach: Coach) -> None:
    """Lines with `> ` are typed, the others are what the coach says, to the letter."""
    block = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert block, "the README shows no conversation"
    said = list(coach.open("readme").lines)
    for line in filter(None, block.group(1).splitlines()):
        if line.startswith("> "):
            assert not said, f"before {line!r} the coach also said {said}"
            said = list(coach.hear("readme", line[2:]).lines)
        else:
            assert said and line == said.pop(0), f"{line!r} is not what the coach said"


def test_every_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"`(?:\.venv/bin/)?coachbot ([a-z]+)", README))
    named |= set(re.findall(r"^coachbot ([a-z]+)", README, re.MULTILINE))
    assert {"chat", "read", "evaluate", "check", "graph"} <= named
    assert named <= set(main.commands), named - set(main.commands)


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) - {"and"} <= targets


def test_every_file_in_the_layout_exists() -> None:
    layout = re.search(r"```\n(dialogues/.*?)```", README, re.DOTALL)
    assert layout
    places: list[str] = []
    for line in layout.group(1).splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        places = [*places[:depth], name.rstrip("/")]
        assert (ROOT / "/".join(places)).exists(), "/".join(places)
