"""People who talk with the real coach and share what they said, for tests of the review side."""

from __future__ import annotations

from coachbot.coach import Coach
from coachbot.store_consent import Consent
from coachbot.store_facilitators import Accounts, Facilitator
from coachbot.store_groups import Group, Groups

PASSWORD = "een lang wachtwoord"
BLAME, WORRY, NEED = (
    "Jij bent altijd zo laks met de sleutels.",
    "Ik ben bang dat het misgaat met de rekening.",
    "Ik heb behoefte aan rust en duidelijkheid.",
)
START = ("ja", "met mijn zus", "over de erfenis", "morgen")


def talk(coach: Coach, user: str, *lines: str, degree: str = "3") -> int:
    """A conversation up to the thermometer and then `lines`; its session."""
    coach.open(user)
    for line in (*START, degree, *lines):
        coach.hear(user, line)
    found = coach.store.latest(user)
    assert found
    return found[0]


def facilitator(coach: Coach, name: str = "Noor", group: str = "Team Zuid") -> tuple[int, Group]:
    """Somebody with one group."""
    who: Facilitator = Accounts(coach.store).named(name) or Accounts(coach.store).add(
        name, PASSWORD
    )
    return who.id, Groups(coach.store).create(who.id, group)


def shared(coach: Coach, user: str, group: Group, *lines: str, degree: str = "3") -> int:
    """A conversation that is shared with a group."""
    session = talk(coach, user, *lines, degree=degree)
    consent = Consent(coach.store)
    assert consent.join(user, group.code)
    assert consent.share(user, session, group.id)
    return session


def searched(coach: Coach) -> int:
    """How many words the search index holds, of anybody."""
    db = coach.store.db
    db.execute("create virtual table if not exists temp.words using fts5vocab(main, search, row)")
    return int(db.execute("select count(*) from temp.words").fetchone()[0])
