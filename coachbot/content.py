"""Files to dialogues: reads every `*.yml` of a folder, parses and checks it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from coachbot.dialogue import ContentError, Dialogue, parse
from coachbot.soundness import check
from coachbot.telegram.words import Words
from coachbot.telegram.words import parse as parse_words

#: Sentences by name for the Telegram bot; no dialogue.
WORDS = "telegram.yml"

#: Beside the package in a checkout, inside it in an installed wheel (see pyproject.toml).
_PLACES = (Path(__file__).parent / "dialogues", Path(__file__).parent.parent / "dialogues")


def default_dir() -> Path:
    """The dialogues that ship with the program."""
    for place in _PLACES:
        if place.is_dir():
            return place
    raise ContentError(f"no dialogues found; looked in {' and '.join(map(str, _PLACES))}")


class _Loader(yaml.CSafeLoader):
    """Keeps `ja`, `nee`, `on` and times as the words they are, and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands there twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(path: Path) -> Dialogue:
    """One file to a `Dialogue`; a mistake names the file, the place and what is allowed."""
    return parse(plain(path), path.name)


def words(folder: Path) -> Words:
    """What the Telegram bot says: of this folder, or the shipped ones when it has none."""
    path = folder / WORDS
    dialogue = folder / "gesprek.yml"
    known = frozenset(read(dialogue).commands) if dialogue.exists() else frozenset()
    return parse_words(plain(path if path.exists() else default_dir() / WORDS), WORDS, known)


def plain(path: Path) -> object:
    """A YAML file as plain data; a mistake names file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ContentError(f"{path.name}: line {line}: no YAML: {error.problem}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name}: cannot be read: {error}") from error


def faults(folder: Path) -> list[str]:
    """Every fault in the dialogues of a folder, a line each; empty when they are sound."""
    found: list[str] = []
    paths = _dialogues(folder)
    if not paths:
        return [f"{folder}: holds no .yml files"]
    for path in paths:
        try:
            found += check(read(path))
        except ContentError as error:
            found.append(str(error))
    if (folder / WORDS).exists():
        try:
            words(folder)
        except ContentError as error:
            found += [str(error)] if str(error) not in found else []
    return found


def _dialogues(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yml")) if path.name != WORDS]


def load(folder: Path) -> Mapping[str, Dialogue]:
    """Name -> dialogue; raises on the first fault, because a bot must not start on bad content."""
    problems = faults(folder)
    if problems:
        raise ContentError(problems[0])
    return {path.stem: read(path) for path in _dialogues(folder)}
