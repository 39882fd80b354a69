"""Real parts for every test: the shipped dialogues, the reading pipeline, a SQLite file."""

from __future__ import annotations

import os

# Two threads for matrices this small make reading ten times slower beside other work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coachbot import content, nlp
from coachbot.coach import Coach
from coachbot.dialogue import Dialogue
from coachbot.engine import Engine
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language


@pytest.fixture(scope="session")
def language() -> Language:
    return nlp.load()


@pytest.fixture(scope="session")
def dialogues() -> Mapping[str, Dialogue]:
    return content.load(content.default_dir())


@pytest.fixture(scope="session")
def engine(dialogues: Mapping[str, Dialogue]) -> Engine:
    return Engine(dialogues)


@pytest.fixture
def coach(engine: Engine, language: Language, tmp_path: Path) -> Iterator[Coach]:
    store = Store(tmp_path / "coach.db")
    yield Coach(engine, store, language)
    store.close()
