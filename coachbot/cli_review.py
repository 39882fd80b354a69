"""The commands around what is shared: facilitators, groups, export, corrections."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coachbot.store import Store
    from coachbot.store_facilitators import Facilitator

with_db = click.option(
    "--db",
    type=click.Path(path_type=Path),
    help="Database file; default COACHBOT_DB, else the data folder of this user.",
)


@contextlib.contextmanager
def opened(ctx: click.Context, db: Path | None) -> Iterator[Store]:
    """The database; its faults, and those of files that are written, as one line."""
    from coachbot.cli import _settings
    from coachbot.store import Store, StoreError
    from coachbot.store_erase import EraseError

    try:
        store = Store(_settings(ctx, db).db)
        try:
            yield store
        finally:
            store.close()
    except (StoreError, EraseError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error


def _facilitator(store: Store, name: str) -> Facilitator:
    from coachbot.store_facilitators import Accounts

    accounts = Accounts(store)
    found = accounts.named(name)
    if found is None:
        there = ", ".join(one.name for one in accounts.all()) or "none yet"
        raise click.ClickException(f"--facilitator: there is no {name!r}; there is: {there}")
    return found


# -- the pages -------------------------------------------------------------------------------


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes a free one.")
@with_db
@click.pass_context
def review(ctx: click.Context, host: str, port: int, db: Path | None) -> None:
    """The pages on which facilitators read what participants share, until told to stop.

    COACHBOT_REVIEW_HOSTS, COACHBOT_REVIEW_HTTPS, COACHBOT_REVIEW_IDLE, COACHBOT_SECRET and
    COACHBOT_BOT say the rest.
    """
    from coachbot import content
    from coachbot.cli import _settings
    from coachbot.config import ReviewSettings
    from coachbot.review import serve
    from coachbot.telegram import logs

    settings = ReviewSettings.from_env(os.environ, host, port)
    places = _settings(ctx, db)
    shown = serve.content(places.dialogues or content.default_dir())
    logs.setup(settings.log_level, *filter(None, [settings.secret]))
    # Opened once before anybody comes, so that a database that cannot serve is said at the start.
    with opened(ctx, db):
        serve.run(places.db, settings, shown, lambda at: click.echo(f"the pages are at {at}"))


# -- facilitators ----------------------------------------------------------------------------


@click.group()
def facilitator() -> None:
    """Who may log in to the pages."""


@facilitator.command("add")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_db
@click.pass_context
def facilitator_add(ctx: click.Context, name: str, password_stdin: bool, db: Path | None) -> None:
    """Let NAME log in; the password is asked for."""
    from coachbot.store_facilitators import AccountError, Accounts

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened(ctx, db) as store:
        try:
            added = Accounts(store).add(name, password)
        except AccountError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{added.name} may log in")


@facilitator.command("list")
@with_db
@click.pass_context
def facilitator_list(ctx: click.Context, db: Path | None) -> None:
    """Everybody who may log in, with their groups."""
    from coachbot.store_facilitators import Accounts
    from coachbot.store_groups import Groups

    with opened(ctx, db) as store:
        for one in Accounts(store).all():
            names = ", ".join(group.name for group in Groups(store).of(one.id))
            click.echo(f"{one.name}: {names or 'no groups'}")


@facilitator.command("remove")
@click.argument("name")
@with_db
@click.pass_context
def facilitator_remove(ctx: click.Context, name: str, db: Path | None) -> None:
    """Take NAME away, with the groups, the notes and everything that was shared with them."""
    from coachbot import store_erase
    from coachbot.store_facilitators import Accounts

    with opened(ctx, db) as store:
        found = _facilitator(store, name)
        Accounts(store).remove(found.name)
        store_erase.scrub(store)
    click.echo(f"{found.name} is removed, and so is what was shared with them")


# -- groups ----------------------------------------------------------------------------------


@click.group()
def group() -> None:
    """Groups that participants join with a code."""


@group.command("add")
@click.argument("name")
@click.option("--facilitator", "owner", required=True, help="Whose group it is.")
@click.option("--bot", help="Name of the Telegram bot, for the link; default COACHBOT_BOT.")
@with_db
@click.pass_context
def group_add(ctx: click.Context, name: str, owner: str, bot: str | None, db: Path | None) -> None:
    """Make the group NAME; prints its code, and the link to join it."""
    from coachbot.config import ReviewSettings
    from coachbot.store_groups import GroupError, Groups, deep_link

    environ = os.environ | ({"COACHBOT_BOT": bot} if bot else {})
    named = ReviewSettings.from_env(environ).bot
    with opened(ctx, db) as store:
        try:
            made = Groups(store).create(_facilitator(store, owner).id, name)
        except GroupError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{made.name}: {made.code}")
    if named:
        click.echo(deep_link(named, made.code))
    else:
        click.echo("set COACHBOT_BOT or give --bot to get the link as well", err=True)


@group.command("list")
@click.option("--facilitator", "owner", help="Only the groups of this facilitator.")
@with_db
@click.pass_context
def group_list(ctx: click.Context, owner: str | None, db: Path | None) -> None:
    """Every group: code, facilitator, members, shared sessions."""
    from coachbot.store_facilitators import Accounts
    from coachbot.store_groups import Groups

    with opened(ctx, db) as store:
        owners = [_facilitator(store, owner)] if owner else Accounts(store).all()
        for one in owners:
            for made in Groups(store).of(one.id):
                members = Groups(store).members(one.id, made.id)
                shared = sum(member.sessions for member in members)
                closed = ", closed" if made.closed else ""
                click.echo(
                    f"{made.name}: {made.code}, {one.name}, {len(members)} members,"
                    f" {shared} shared sessions{closed}"
                )


@group.command("close")
@click.argument("code")
@with_db
@click.pass_context
def group_close(ctx: click.Context, code: str, db: Path | None) -> None:
    """Close the group with CODE: nobody joins it any more, what was shared stays readable."""
    from coachbot.store_consent import Consent
    from coachbot.store_groups import Groups

    with opened(ctx, db) as store:
        found = Consent(store).find(code)
        if found is None:
            raise click.ClickException(f"there is no group with code {code!r}; see: group list")
        Groups(store).close(found.facilitator, found.id)
    click.echo(f"{found.name} is closed")


# -- taking along ----------------------------------------------------------------------------


@click.command()
@click.option("--facilitator", "owner", required=True, help="Whose shared sessions.")
@click.option("--group", "code", help="Only the group with this code.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only sessions from this day on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only sessions up to this day.")
@click.option("--search", default="", help="Only sessions in which this was said (newest 500).")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write."
)
@with_db
@click.pass_context
def export(
    ctx: click.Context,
    owner: str,
    code: str | None,
    since: datetime | None,
    until: datetime | None,
    search: str,
    form: str,
    out: Path,
    db: Path | None,
) -> None:
    """Write shared sessions to a file, a message a line, under pseudonyms.

    It is written in the access log of each session, which its participant can see.
    """
    from coachbot import export as exports
    from coachbot import search_words
    from coachbot.store_review import Filter, Review

    if search and search_words.parse(search) is None:
        raise click.ClickException('--search: give words, "a phrase" or the begin* of a word')
    lines = {"csv": exports.csv_lines, "jsonl": exports.json_lines}[form]
    with opened(ctx, db) as store:
        who = _facilitator(store, owner)
        filter = Filter(
            group=_group(store, who, code) if code else None,
            since=since.date() if since else None,
            until=until.date() if until else None,
        )
        seen: set[int] = set()

        def noted() -> Iterator[exports.Record]:
            for record in exports.records(store, who.id, filter, search):
                seen.add(record["session"])
                yield record

        try:
            with out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines(noted()))
        finally:
            # Also when the disk is full half-way: what is on it was taken along.
            Review(store).exported(who.id, sorted(seen))
    click.echo(f"{out}: {len(seen)} sessions")


def _group(store: Store, who: Facilitator, code: str) -> int:
    from coachbot.store_consent import Consent

    found = Consent(store).find(code)
    if found is None or found.facilitator != who.id:
        raise click.ClickException(f"--group: {who.name} has no group with code {code!r}")
    return found.id


@click.group()
def corrections() -> None:
    """What facilitators corrected in the reading."""


@corrections.command("export")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for correcties.jsonl and a transcript a correction.",
)
@click.option("--facilitator", "owner", help="Only the corrections of this facilitator.")
@with_db
@click.pass_context
def corrections_export(ctx: click.Context, out: Path, owner: str | None, db: Path | None) -> None:
    """Write corrections as codebook lines (for `evaluate cues`) and as transcripts.

    A transcript put in tests/conversations/ is a test that fails while the reading is wrong.
    """
    from coachbot import content, nlp
    from coachbot import corrections as corrected
    from coachbot.cli import _settings
    from coachbot.engine import Engine

    with opened(ctx, db) as store:
        who = _facilitator(store, owner).id if owner else None
        found = list(corrected.corrected(store, who))
        out.mkdir(parents=True, exist_ok=True)
        folder = _settings(ctx, db).dialogues or content.default_dir()
        engine, language = Engine(content.load(folder)), nlp.load()
        with (out / "correcties.jsonl").open("w", encoding="utf-8") as lines:
            for one in found:
                lines.write(json.dumps(corrected.record(one), ensure_ascii=False) + "\n")
                text = corrected.transcript(one, engine, lambda said: nlp.read(language, said))
                (out / f"{one.name}.txt").write_text(text, encoding="utf-8")
    click.echo(f"{out}: {len(found)} corrections")


COMMANDS = (review, facilitator, group, export, corrections)
