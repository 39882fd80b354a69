"""A mistake in a dialogue file is one clear line that names file, place and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from coachbot import content

GOOD = """
start: a
states:
  a:
    say: ["Wat is er?", "Vertel eens, wat is er?"]
    next:
      - {when: verwijt, goto: b, remember: verwijt}
      - {goto: b}
  b:
    say: "Dag."
    final: true
"""

MISTAKES = [
    ("goto: b}\n  b:", "goto: c}\n  b:", "goto 'c' is no state; allowed: a, b"),
    ("when: verwijt", "when: verweit", "'verweit' is not known; allowed: "),
    ("remember: verwijt", "remember: verdriet", "states.a.next[0].remember: 'verdriet'"),
    ('say: "Dag."', "say: Ja: dag", "line 10: no YAML"),
    ('say: "Dag."', "say: 10", "10 is no text; write every sentence between quotes"),
    ('say: "Dag."', "say: ja", None),
    ("      - {goto: b}\n", "", "must end in an option without"),
    ("{goto: b}\n  b", "{goto: hier}\n  b", None),
    ("{when: verwijt, goto: b, remember: verwijt}", "{goto: b}", "are never reached"),
    ('"Wat is er?"', '"Wat is er {met}?"', "{met} is not known"),
    ('"Wat is er?"', '"Wat is er? Wat wil je?"', "more than one question"),
    ('"Wat is er?"', '"Eén. Twee. Drie?"', "3 sentences, allowed: 2"),
    ('"Wat is er?"', '"Wat is er dan!"', "no exclamation marks"),
    (', "Vertel eens, wat is er?"', "", "needs 2 variants"),
    ("    final: true", "    final: jazeker", "'jazeker' is not allowed; allowed: true, false"),
    ("    final: true", "    finaal: true", "key 'finaal' is not known"),
    ("when: verwijt", "when: keuze_2", "states.a.next[0].when: 'keuze_2'; offered: none"),
    ("start: a", "start: z", "start: 'z' is no state"),
    ("  b:\n", "  a:\n", "the key 'a' stands there twice"),
    ("{goto: b}\n  b", "{goto: b, mirror: ja}\n  b", "'ja' is not allowed; allowed: true, false"),
]


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    assert old in GOOD
    (tmp_path / "klein.yml").write_text(GOOD.replace(old, new), encoding="utf-8")
    faults = content.faults(tmp_path)
    if expected is None:
        assert not faults
    else:
        assert any(expected in fault for fault in faults), faults
        assert all(fault.startswith("klein.yml") and "\n" not in fault for fault in faults)


def test_unreachable_and_endless_states_are_named(tmp_path: Path) -> None:
    island = '  c:\n    say: ["Ik?", "Jij?"]\n    next: [{goto: c}]\n'
    (tmp_path / "klein.yml").write_text(GOOD + island, encoding="utf-8")
    faults = " ".join(content.faults(tmp_path))
    assert "states.c: cannot be reached from 'a'" in faults
    loop = GOOD.replace("goto: b", "goto: a")
    (tmp_path / "klein.yml").write_text(loop, encoding="utf-8")
    assert "no end can be reached from here" in " ".join(content.faults(tmp_path))


def test_junctions_in_a_ring_are_named(tmp_path: Path) -> None:
    ring = GOOD.replace("{goto: b}", "{goto: x}") + (
        "  x:\n    next: [{when: ja, goto: b}, {goto: y}]\n  y:\n    next: [{goto: x}]\n"
    )
    (tmp_path / "klein.yml").write_text(ring, encoding="utf-8")
    assert "lead to each other in a ring" in " ".join(content.faults(tmp_path))


def test_the_shipped_dialogues_are_sound() -> None:
    assert content.faults(content.default_dir()) == []


def test_a_folder_without_dialogues(tmp_path: Path) -> None:
    assert content.faults(tmp_path) == [f"{tmp_path}: holds no .yml files"]
