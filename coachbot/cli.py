"""Every command; the only place that wires the parts together."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coachbot import __version__, cli_database, cli_practice, cli_review

if TYPE_CHECKING:
    from coachbot.coach import Coach
    from coachbot.config import Settings
    from coachbot.engine import Engine
    from coachbot.model import Reading
    from coachbot.store import Store


class _OneLine(click.Group):
    """Turns our own errors into one clear line; anything else is a bug and may show itself."""

    def invoke(self, ctx: click.Context) -> object:
        from coachbot.config import SettingError
        from coachbot.dialogue import ContentError

        try:
            return super().invoke(ctx)
        except (ContentError, SettingError) as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            # The reader of our output went away (`| head`); that is no fault.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return None


@click.group(cls=_OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="coachbot")
@click.option(
    "--dialogues",
    type=click.Path(path_type=Path),
    help="Folder with dialogue files instead of the ones that ship with the program.",
)
@click.pass_context
def main(ctx: click.Context, dialogues: Path | None) -> None:
    """A Dutch coach for the hour before a difficult conversation.

    Everything stays on this machine.
    """
    # One thread for matrices, set before numpy is loaded. Ours are small, and threads that wait
    # for each other beside a busy event loop make one reading ten times slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    ctx.obj = dialogues


def _settings(ctx: click.Context, db: Path | None = None) -> Settings:
    from coachbot.config import Settings

    return Settings.from_env(os.environ, db=db, dialogues=ctx.obj)


def _coach(settings: Settings) -> Coach:
    from coachbot import nlp
    from coachbot.coach import Coach

    engine, store = _parts(settings)
    return Coach(engine, store, nlp.load())


def _parts(settings: Settings) -> tuple[Engine, Store]:
    """What a coach is made of, without the reading, which takes long to load."""
    from coachbot import content
    from coachbot.engine import Engine
    from coachbot.store import Store, StoreError

    dialogues = content.load(settings.dialogues or content.default_dir())
    try:
        return Engine(dialogues), Store(settings.db)
    except StoreError as error:
        raise click.ClickException(str(error)) from error


_db = click.option(
    "--db",
    type=click.Path(path_type=Path),
    help="Database file; default COACHBOT_DB, else the data folder of this user.",
)


@main.command()
@_db
@click.option("--plain", is_flag=True, help="Only the coach's lines, without level and rung.")
@click.option(
    "--cards",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("."),
    help="Folder for card.png and card.svg; default the current folder.",
)
@click.pass_context
def chat(ctx: click.Context, db: Path | None, plain: bool, cards: Path) -> None:
    """Talk with the coach; with piped input: one message a line."""
    from coachbot import content, content_all, terminal
    from coachbot.store import StoreError

    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    settings = _settings(ctx, db)
    coach = _coach(settings)
    listed = content_all.material(settings.dialogues or content.default_dir()).cards
    try:
        terminal.run(coach, cards, plain, listed=listed)
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    finally:
        coach.store.close()


@main.command()
@_db
@click.option("--webhook", metavar="URL", help="Let Telegram send updates to URL, not by polling.")
@click.option("--listen", metavar="HOST:PORT", help="Where to listen for the webhook.")
@click.option("--log-level", help="debug, info, warning or error; default COACHBOT_LOG, else info.")
@click.pass_context
def telegram(
    ctx: click.Context,
    db: Path | None,
    webhook: str | None,
    listen: str | None,
    log_level: str | None,
) -> None:
    """Run the Telegram bot of COACHBOT_TOKEN until it is told to stop."""
    from coachbot import content, content_all, nlp
    from coachbot.coach import Coach
    from coachbot.config import BotSettings
    from coachbot.telegram import logs
    from coachbot.telegram.wire import BotError
    from coachbot.telegram_bot import run

    settings = BotSettings.from_env(os.environ, log_level, webhook, listen)
    places = _settings(ctx, db)
    folder = places.dialogues or content.default_dir()
    words, material = content.words(folder), content_all.material(folder)
    logs.setup(settings.log_level, settings.token)
    engine, store = _parts(places)
    try:
        run(store, lambda: Coach(engine, store, nlp.load()), words, material, settings)
    except BotError as error:
        raise click.ClickException(str(error)) from error
    finally:
        store.close()


@main.command()
@_db
@click.pass_context
def status(ctx: click.Context, db: Path | None) -> None:
    """Figures of the bot; fails when it has not polled for a minute."""
    from coachbot import health
    from coachbot.store import StoreError

    path = _settings(ctx, db).db
    try:
        lines, alive = health.report(path)
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    for line in lines:
        click.echo(line)
    if not alive:
        raise click.ClickException("the bot has not polled for a minute")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def read(file: Path, as_json: bool) -> None:
    """Read messages, one a line, and show what is heard in each."""
    from coachbot.packing import reading_dict

    reader = _reader()
    for line in _lines(file):
        reading = reader(line)
        if as_json:
            click.echo(json.dumps(reading_dict(reading), ensure_ascii=False))
            continue
        parts = [
            str(reading.rung),
            *map(str, reading.emotions),
            *(f"‘{cue}’" for cue in reading.blame_cues),
            *([f"{reading.safety}?"] if reading.safety != "none" else []),
        ]
        click.echo(f"{line}\n    {' · '.join(parts)}")


def _reader() -> Callable[[str], Reading]:
    from coachbot import nlp

    language = nlp.load()
    return lambda text: nlp.read(language, text)


def _lines(file: Path) -> Iterator[str]:
    try:
        stream = click.open_file(str(file), encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read ({error.strerror})") from error
    with stream:
        for line in stream:
            yield line.rstrip("\r\n")


@main.command()
@click.argument("what", type=click.Choice(["cues", "reflect", "safety", "emotions", "ud"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def evaluate(what: str, file: Path) -> None:
    """Measure the reading (WHAT) against a labelled FILE.

    cues: messages labelled as in the codebook. reflect: sentences with their right mirrors.
    safety: messages with category and veiled. emotions: XED's Dutch lines, beside an SVM.
    ud: tags, lemmas and trees of a CoNLL-U file.
    """
    from coachbot import evaluate as measures
    from coachbot import evaluate_reflect, evaluate_xed, nlp

    language = nlp.load()

    def read(text: str) -> Reading:
        return nlp.read(language, text)

    measure: dict[str, Callable[[], Iterator[str]]] = {
        "cues": lambda: measures.cues(file, read),
        "reflect": lambda: evaluate_reflect.reflect(file, lambda text: read(text).reflection),
        "safety": lambda: measures.safety(file, read),
        "emotions": lambda: evaluate_xed.emotions(file, language),
        "ud": lambda: measures.ud(file, language),
    }
    try:
        for line in measure[what]():
            click.echo(line)
    except measures.DataError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.pass_context
def check(ctx: click.Context, folder: Path | None) -> None:
    """Prove the dialogue files of FOLDER sound; default the ones in use."""
    from coachbot import content, content_all

    place = folder or ctx.obj or content.default_dir()
    problems = content_all.faults(place)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} faults in {place}")
    held = ", ".join(f"{count} {name}" for name, count in content_all.counts(place).items())
    click.echo(f"{held}: sound")


@main.command()
@click.argument("name")
@click.pass_context
def graph(ctx: click.Context, name: str) -> None:
    """Write the machine of dialogue NAME as a Mermaid diagram."""
    from coachbot import content
    from coachbot.machine import mermaid

    dialogues = content.load(ctx.obj or content.default_dir())
    if name not in dialogues:
        raise click.ClickException(
            f"no dialogue {name!r}; there is: {', '.join(sorted(dialogues))}"
        )
    click.echo(mermaid(dialogues[name]))


for _command in (*cli_practice.COMMANDS, *cli_review.COMMANDS, *cli_database.COMMANDS):
    main.add_command(_command)
