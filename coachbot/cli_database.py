"""The commands about the database as a whole: what is not kept, and one with made-up people."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import click

from coachbot.cli_review import opened, with_db


@click.command()
@click.option("--older-than", "older", required=True, metavar="AGE", help="Such as 180d or 26w.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@with_db
@click.pass_context
def purge(ctx: click.Context, older: str, dry_run: bool, db: Path | None) -> None:
    """Take away what is older than AGE, to the last byte."""
    from coachbot import retention

    try:
        age = retention.age(older)
    except ValueError as error:
        raise click.ClickException(f"--older-than: {error}") from error
    with opened(ctx, db) as store:
        gone = retention.purge(store, age, datetime.now(UTC), dry_run)
    click.echo(
        f"{'would go' if dry_run else 'gone'}: {gone.sessions} sessions with {gone.turns} turns,"
        f" {gone.practice} rows of practice, {gone.people} people"
    )


@click.command()
@click.argument("user")
@with_db
@click.pass_context
def forget(ctx: click.Context, user: str, db: Path | None) -> None:
    """Take away everything of USER (such as tg:123 or terminal), to the last byte."""
    from coachbot import retention

    with opened(ctx, db) as store:
        gone = retention.forget(store, user)
    if gone is None:
        raise click.ClickException(f"there is no user {user!r}; on Telegram: tg:NUMBER-OF-CHAT")
    click.echo(f"{user} is forgotten: {gone} sessions")


@click.command()
@click.option("--sessions", default=60, type=click.IntRange(1, 1_000_000), show_default=True)
@click.option("--fast", is_flag=True, help="Hold few conversations and copy them, for large ones.")
@click.option("--db", type=click.Path(path_type=Path), default=Path("demo.db"), show_default=True)
@click.pass_context
def demo(ctx: click.Context, sessions: int, fast: bool, db: Path) -> None:
    """Make a NEW database with made-up people, to see the facilitator's pages at once.

    Prints the name and the password to log in with.
    """
    from coachbot import content, content_all, nlp
    from coachbot import demo as played
    from coachbot import demo_fast as copied
    from coachbot.cli import _settings
    from coachbot.coach import Coach
    from coachbot.engine import Engine
    from coachbot.store_facilitators import Accounts

    if db.exists():
        raise click.ClickException(f"--db: {db} is there already; give the name of a new file")
    settings = _settings(ctx, db)
    folder = settings.dialogues or content.default_dir()
    engine = Engine(content.load(folder))
    password = secrets.token_urlsafe(12)
    with opened(ctx, db) as store:
        # Nobody's words are in it: what a power cut takes is made again.
        store.db.execute("pragma synchronous = off")
        who = Accounts(store).add("demo", password)
        coach, now = Coach(engine, store, nlp.load()), datetime.now(UTC)
        if fast:
            copied.multiply(coach, who.id, sessions, now, Random())
        else:
            material = content_all.material(folder)
            played.play(coach, material, who.id, sessions, now, Random())
    click.echo(f"{db}: {sessions} sessions; log in as demo with password {password}")
    click.echo(f"coachbot review --db {db}")


COMMANDS = (purge, forget, demo)
