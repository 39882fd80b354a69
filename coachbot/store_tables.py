"""Every table of the database, wherever it is described; applied whenever a `Store` is opened."""

from __future__ import annotations

from sqlite_utils import Database

from coachbot import (
    store,
    store_inbox,
    store_practice,
    store_review_tables,
    store_review_triggers,
    store_theater,
)

#: Each of these puts its migrations on `store.migrations` when it is imported.
MODULES = (
    store,
    store_practice,
    store_review_tables,
    store_review_triggers,
    store_theater,
    store_inbox,
)


def prepare(db: Database) -> None:
    """Makes what is missing; brings triggers and the word lists of the figures up to date."""
    store.migrations.apply(db)
    store_review_triggers.make_triggers(db)
    store_review_tables.fill_words(db)
