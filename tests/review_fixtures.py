"""A site with two facilitators and what was shared with them, for the tests of one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from review_people import BLAME, NEED, WORRY, facilitator, shared, talk
from review_site import Site, Visitor, serving

from coachbot.coach import Coach
from coachbot.engine import Engine
from coachbot.store import Store
from coachbot.store_groups import Group

if TYPE_CHECKING:
    from spacy.language import Language

STEP = "Als ik haar zie, dan vraag ik eerst hoe het met haar gaat."


@dataclass(frozen=True)
class House:
    """Who is there: Noor with a group and sessions, Bram with another, and one not shared."""

    coach: Coach
    noor: int
    bram: int
    zuid: Group
    west: Group
    session: int
    other: int
    private: int

    @property
    def store(self) -> Store:
        return self.coach.store

    def turn(self, session: int, text: str) -> int:
        """The turn in which this was said."""
        row = self.store.db.execute(
            "select id from turns where session = ? and text = ?", [session, text]
        ).fetchone()
        return int(row[0])


@pytest.fixture(scope="module")
def house(
    engine: Engine, language: Language, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    coach = Coach(engine, Store(tmp_path_factory.mktemp("review") / "coach.db"), language)
    noor, zuid = facilitator(coach)
    bram, west = facilitator(coach, "Bram", "Team West")
    session = shared(coach, "een", zuid, BLAME, "ja", WORRY, "ja", NEED, "ja")
    shared(coach, "twee", zuid, BLAME, degree="4")
    shared(coach, "drie", zuid, WORRY, "ja", NEED, "ja", "voor ons allebei", degree="2")
    other = shared(coach, "vier", west, "Ik ben bang voor de reorganisatie.")
    private = talk(coach, "vijf", "Dit geheim deel ik met niemand.")
    yield House(coach, noor, bram, zuid, west, session, other, private)
    coach.store.close()


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[Site]:
    with serving(house.store.path) as site:
        yield site


@pytest.fixture(scope="module")
def noor(site: Site) -> Iterator[Visitor]:
    with site.logged_in("Noor") as visitor:
        yield visitor


@pytest.fixture
def own_site(house: House) -> Iterator[Site]:
    """A second site on the same database, for a test that moves its clock."""
    with serving(house.store.path) as site:
        yield site
