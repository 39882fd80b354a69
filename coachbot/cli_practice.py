"""The commands to practise with; `cli.py` hangs them under `coachbot`."""

from __future__ import annotations

import contextlib
import secrets
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from coachbot.coach import Coach
    from coachbot.desk import Desk
    from coachbot.desk_answer import Answer

USER = "terminal"
F = TypeVar("F", bound=Callable[..., None])


def _common(command: F) -> F:
    db = click.option(
        "--db",
        type=click.Path(path_type=Path),
        help="Database file; default COACHBOT_DB, else the data folder of this user.",
    )
    pictures = click.option(
        "--pictures",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("."),
        help="Folder for pictures; default the current folder.",
    )
    return db(pictures(command))


@contextlib.contextmanager
def _open(ctx: click.Context, db: Path | None) -> Iterator[tuple[Coach, Desk]]:
    from coachbot import content, content_all
    from coachbot.cli import _coach, _settings
    from coachbot.desk import Desk
    from coachbot.store import StoreError

    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    settings = _settings(ctx, db)
    coach = _coach(settings)
    material = content_all.material(settings.dialogues or content.default_dir())
    try:
        yield coach, Desk(coach.store, material, coach.language, _now)
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    finally:
        coach.store.close()


def _now() -> datetime:
    return datetime.now().astimezone()


@click.command()
@click.argument("kind", required=False)
@_common
@click.pass_context
def practise(ctx: click.Context, kind: str | None, db: Path | None, pictures: Path) -> None:
    """Reframing exercises; KIND is a move to practise, or `eigen` for a sentence of your own."""
    with _open(ctx, db) as (coach, desk):
        names = [k.name for k in desk.practice.kinds]
        if kind not in (None, "eigen", *names):
            raise click.ClickException(
                f"no kind {kind!r}; there is: {', '.join([*names, 'eigen'])}"
            )
        paused = None if kind else _paused(desk, "practise")
        _talk(coach, desk, paused or desk.practise(USER, kind), pictures)


@click.command()
@_common
@click.pass_context
def progress(ctx: click.Context, db: Path | None, pictures: Path) -> None:
    """How far you are with the exercises: level, days in a row, a bar for each move."""
    with _open(ctx, db) as (_, desk):
        _show(desk.progress(USER), pictures)


@click.command()
@click.argument("scenario", required=False)
@_common
@click.pass_context
def spar(ctx: click.Context, scenario: str | None, db: Path | None, pictures: Path) -> None:
    """Spar with a counterpart: SCENARIO is one of the list, or `eigen` for your own case."""
    with _open(ctx, db) as (coach, desk):
        paused = None if scenario else _paused(desk, "spar")
        answer = paused or desk.spar(USER, scenario)
        if answer is None:
            names = [s.name for s in desk.sparring.scenarios]
            raise click.ClickException(
                f"no scenario {scenario!r}; there is: {', '.join([*names, 'eigen'])}"
            )
        if answer.reply.ended:
            _show(answer, pictures)
        else:
            _talk(coach, desk, answer, pictures)


@click.command()
@click.argument("name", required=False)
@_common
@click.pass_context
def scan(ctx: click.Context, name: str | None, db: Path | None, pictures: Path) -> None:
    """Fill in a scan: NAME is one of the list, such as `thermometer`."""
    with _open(ctx, db) as (coach, desk):
        paused = None if name else _paused(desk, "scan")
        answer = paused or desk.scan(USER, name)
        if answer is None:
            names = [s.name for s in desk.scans.scans]
            raise click.ClickException(f"no scan {name!r}; there is: {', '.join(names)}")
        _talk(coach, desk, answer, pictures)


@click.command()
@click.argument("name", required=False)
@click.option("--fitting", is_flag=True, help="The one that your last conversation touches.")
@_common
@click.pass_context
def card(
    ctx: click.Context, name: str | None, fitting: bool, db: Path | None, pictures: Path
) -> None:
    """Draw one of the ten cards, each with three questions; NAME takes that one."""
    with _open(ctx, db) as (_, desk):
        draw = secrets.randbelow(1_000)
        answer = desk.card(USER, -1 - draw if fitting else draw, name)
        if answer is None:
            names = [c.name for c in desk.cards]
            raise click.ClickException(f"no card {name!r}; there is: {', '.join(names)}")
        _show(answer, pictures)


@click.command()
@click.argument("players", nargs=-1)
@_common
@click.option("--minutes", type=click.IntRange(3, 5), help="Length of a round; default 4.")
@click.option("--seed", type=int, help="Deal the same cards again.")
@click.pass_context
def theater(
    ctx: click.Context,
    players: tuple[str, ...],
    db: Path | None,
    pictures: Path,
    minutes: int | None,
    seed: int | None,
) -> None:
    """Theater van Besluit for a group at one screen: three rounds, each with a secret strategy."""
    from coachbot import content, content_scan
    from coachbot.theater_terminal import play

    with _open(ctx, db) as (_, desk):
        game = content_scan.load_theater(ctx.obj or content.default_dir())
        decided = play(
            game,
            players,
            minutes or game.minutes,
            secrets.randbelow(2**31) if seed is None else seed,
        )
        for number, assignment, text in decided:
            desk.rows.decision(USER, number, assignment, text, desk.clock())


def _paused(desk: Desk, kind: str) -> Answer | None:
    """What was left with `pauze` in an earlier run of the same command."""
    from coachbot.desk import PAUSED
    from coachbot.desk_answer import Answer

    activity = desk.rows.activity(USER)
    if activity is None or activity.kind != kind or not activity.state.get(PAUSED):
        return None
    back = desk.resume(USER)
    return Answer(back) if back else None


def _talk(coach: Coach, desk: Desk, answer: Answer, pictures: Path) -> None:
    """Goes on until it ends; a message that is not safe, and all after it, goes to the coach."""
    _show(answer, pictures)
    safe = True
    for text in _messages():
        heard = desk.hear(USER, text) if safe else None
        if heard is None or heard.hand_over is not None:
            safe = False
            reply = coach.hear(USER, heard.hand_over if heard and heard.hand_over else text)
            click.echo("\n".join(reply.lines) + "\n")
            if reply.ended:
                return
            continue
        _show(heard, pictures)
        if heard.reply.ended or heard.paused:
            return


def _messages() -> Iterator[str]:
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.rstrip("\r\n")
        return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (importing it is what gives input() its editing)
    while True:
        try:
            yield input("> ")
        except (KeyboardInterrupt, EOFError):
            click.echo()
            return


def _show(answer: Answer, pictures: Path) -> None:
    from coachbot import charts

    for line in answer.reply.lines:
        click.echo(line)
    if answer.reply.options:
        if max(len(option) for option in answer.reply.options) > 20:
            for number, option in enumerate(answer.reply.options, 1):
                click.echo(f"  {number}. {option}")
        else:
            click.echo(f"  ({' / '.join(answer.reply.options)})")
    if answer.chart:
        click.echo()
        for line in charts.text(answer.chart):
            click.echo(f"  {line}")
        _picture(answer, pictures)
    click.echo()


def _picture(answer: Answer, pictures: Path) -> None:
    """The picture beside the person; a folder that refuses costs only the picture."""
    from coachbot import picture_practice

    assert answer.chart is not None
    name = "".join(c if c.isalnum() else "-" for c in answer.chart.title.lower()).strip("-")
    path = pictures / f"{name}.png"
    try:
        picture_practice.draw(answer.chart, path)
    except OSError as error:
        click.echo(f"  ({path}: {error.strerror})")
    else:
        click.echo(f"  {path}")


COMMANDS = (practise, progress, spar, scan, card, theater)
