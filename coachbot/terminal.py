"""Chat in a terminal: with a person at the keyboard, or with messages piped in, one a line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from coachbot import cards as reminders
from coachbot.coach import Card, Coach
from coachbot.model import Reply

USER = "terminal"
#: One word of the dialogue is known here: what Ctrl-C stands for.
PAUSE = "pauze"
FORMATS = ("png", "svg")


def run(
    coach: Coach,
    cards: Path,
    plain: bool,
    stdin: TextIO | None = None,
    listed: Sequence[reminders.Card] = (),
) -> None:
    """Holds the conversation until goodbye, Ctrl-C, Ctrl-D or the end of the piped input.

    `cards` is the folder for the picture; `listed` are the reminders of which one may be offered.
    """
    stdin = stdin or sys.stdin
    typed = stdin.isatty()
    console = Console(highlight=False)
    reply = coach.open(USER)
    _show(console, coach, reply, plain)
    for text in _typed() if typed else _piped(stdin):
        reply = coach.hear(USER, text)
        _show(console, coach, reply, plain)
        if reply.ended:
            _keep(console, coach, cards)
            _offer(console, coach, listed)
            if typed:
                return
        if typed and text.strip().lower() == PAUSE:
            return


def _offer(console: Console, coach: Coach, listed: Sequence[reminders.Card]) -> None:
    """The reminder that the conversation touches, in one sentence; after most there is one."""
    found = coach.store.latest(USER)
    card = coach.fitting(USER, found[0], listed) if found else None
    if card is None:
        return
    offer = coach.engine.dialogues[coach.engine.main].labels.get("kaartje_past", "")
    if offer:
        line = Text(offer.format(titel=card.title, naam=card.name))
        console.print(line, soft_wrap=not console.is_terminal)


def _piped(stdin: TextIO) -> Iterator[str]:
    for line in stdin:
        yield line.rstrip("\r\n")


def _typed() -> Iterator[str]:
    """Lines from the keyboard, with editing and a history that lives as long as the chat."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (importing it is what gives input() its editing)
    while True:
        try:
            yield input("> ")
        except (KeyboardInterrupt, EOFError):
            print()
            yield PAUSE
            return


def _show(console: Console, coach: Coach, reply: Reply, plain: bool) -> None:
    for line in reply.lines:
        console.print(Text(line), soft_wrap=not console.is_terminal)
    if reply.card:
        card = coach.card(USER)
        if card:
            console.print(_panel(coach, card))
    if reply.options and not all(option.isdigit() for option in reply.options):
        if any(len(option.split()) > 2 for option in reply.options):
            for number, option in enumerate(reply.options, 1):
                console.print(Text(f"  {number}. {option}", style="dim"))
        else:
            console.print(Text(f"  ({' / '.join(reply.options)})", style="dim"))
    if not plain and (reply.level or reply.rung != "geen"):
        status = " · ".join(str(part) for part in (reply.level, reply.rung) if part)
        console.print(Text(f"  [{status}]", style="dim italic"))
    console.print()


def _panel(coach: Coach, card: Card) -> Panel:
    labels = coach.engine.dialogues[coach.engine.main].labels
    text = Text()
    signs = [(labels["temperatuur_voor"], card.before), (labels["temperatuur_na"], card.after)]
    for label, words in (*card.rows, *(sign for sign in signs if sign[1])):
        text.append(f"{label}\n", style="dim")
        text.append(f"  {words}\n")
    return Panel(text, title=labels["kaart"], border_style="cyan", width=min(80, Console().width))


def _keep(console: Console, coach: Coach, cards: Path) -> None:
    """The card as a picture beside the person; a folder that refuses costs only the picture."""
    card = coach.card(USER)
    if not card:
        return
    from coachbot import picture

    labels = coach.engine.dialogues[coach.engine.main].labels
    signs = (labels["temperatuur_voor"], labels["temperatuur_na"])
    try:
        paths = [
            picture.draw(card, cards / f"card.{kind}", labels["kaart"], signs) for kind in FORMATS
        ]
    except OSError as error:
        console.print(Text(f"{labels['kaart_mislukt']} ({cards}: {error.strerror})"))
        return
    console.print(Text(f"{labels['kaart_bewaard']} {' '.join(map(str, paths))}"))
