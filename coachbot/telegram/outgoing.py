"""What goes out: texts as safe HTML in parts that Telegram takes, with buttons. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

#: Telegram's limits on a text and on the words under a picture, in UTF-16 units after formatting.
MAX_TEXT, MAX_CAPTION = 4_096, 1_024
#: Answers of at most this many characters stand on their own button; longer ones are numbered in
#: the text, because a phone shows only the start of a wide button.
WIDE = 24
#: Buttons side by side: the ruler from 0 to 10 takes two rows, short answers one.
ROW = 6
ROW_CHARACTERS = 30
#: Data of a button: an answer to the coach, to an exercise, to a question of the adapter, or about
#: a group somebody is in.
CHOICE, DESK, ANSWER, BELONG = "k", "o", "p", "g"
#: Lines that stand close together instead of in paragraphs of their own.
LISTED = "- "


class Do(StrEnum):
    """What the sender is to do."""

    SAY = "say"
    CARD = "card"
    CHART = "chart"
    DEAL = "deal"
    EDIT = "edit"
    ALERT = "alert"
    DATA = "data"
    ACKNOWLEDGE = "acknowledge"
    MARK = "mark"
    SCRUB = "scrub"


Button = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Out:
    """One thing to do: `text` is HTML for what is sent, plain for ACKNOWLEDGE and ALERT.

    `buttons` are rows of (label, data); `target` is a message, a press, a session, a picture as
    JSON, or the chat of one player (DEAL), as it fits. `otherwise` is the HTML that is said in the
    chat itself when that player cannot be reached.
    """

    do: Do
    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    target: str = ""
    otherwise: str = ""


def pack(outs: Sequence[Out]) -> str:
    """As JSON text, for the inbox."""
    return json.dumps([asdict(out) for out in outs], ensure_ascii=False)


def unpack(text: str) -> list[Out]:
    """JSON text back to what goes out."""
    return [
        Out(
            do=Do(data["do"]),
            text=data["text"],
            buttons=tuple(tuple((a, b) for a, b in row) for row in data["buttons"]),
            target=data["target"],
            otherwise=data.get("otherwise", ""),
        )
        for data in json.loads(text)
    ]


def escape(text: str) -> str:
    """Plain text as HTML that shows exactly that text."""
    return html.escape(text, quote=False)


def length(text: str) -> int:
    """How long Telegram finds a plain text: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = MAX_TEXT) -> list[str]:
    """A plain text in parts of at most `limit`, cut after a sentence, else between words."""
    parts = []
    while length(text) > limit:
        head = _fitting(text, limit)
        ends = [m.end() for m in re.finditer(r"[.!?…]['’”)]*(?=\s)|\n", head)]
        cut = ends[-1] if ends else head.rfind(" ")
        cut = cut if cut > 0 else len(head)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    parts.append(text)
    return [part for part in parts if part.strip()]


def _fitting(text: str, limit: int) -> str:
    """The longest start of the text that fits; a character outside the plane counts for two."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= limit else (low, middle - 1)
    return text[:low]


def say(text: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> list[Out]:
    """A plain text as one or more messages, the buttons under the last."""
    parts = split(text)
    return [Out(Do.SAY, escape(part), buttons if part is parts[-1] else ()) for part in parts]


def numbered(options: Sequence[str]) -> bool:
    """Are these answers too long for buttons of their own?"""
    return any(len(option) > WIDE for option in options)


def with_options(text: str, options: Sequence[str]) -> str:
    """The text with its long answers under it, a number before each."""
    if not numbered(options):
        return text
    listed = "\n".join(f"{number}. {option}" for number, option in enumerate(options, 1))
    return f"{text}\n\n{listed}"


def keyboard(options: Sequence[str], data: Sequence[str]) -> tuple[tuple[Button, ...], ...]:
    """Rows of buttons for the answers, each with what it sends back."""
    labels = [str(i) for i in range(1, len(options) + 1)] if numbered(options) else list(options)
    rows: list[list[Button]] = [[]]
    for label, sent in zip(labels, data, strict=True):
        wide = sum(len(shown) for shown, _ in rows[-1]) + len(label) > ROW_CHARACTERS
        if rows[-1] and (wide or len(rows[-1]) == ROW):
            rows.append([])
        rows[-1].append((label, sent))
    return tuple(tuple(row) for row in rows if row)


def choices(text: str, options: Sequence[str], turn: str | None, kind: str = CHOICE) -> list[Out]:
    """A text with the answers to a question under it; `turn` names the question."""
    if not options or turn is None:
        return say(text)
    data = [f"{kind}:{turn}:{index}" for index in range(len(options))]
    return say(with_options(text, options), keyboard(options, data))


def paragraphs(lines: Sequence[str]) -> str:
    """Lines with air between them; a list stays together."""
    text, before = "", ""
    for line in lines:
        together = line.startswith(LISTED) and before.startswith(LISTED)
        text += ("\n" if together else "\n\n") + line
        before = line
    return text.strip()


def marked(shown: str, chosen: str) -> str:
    """The HTML of a question that was answered by a button, with the answer under it."""
    return f"{shown}\n\n✓ <b>{escape(chosen)}</b>"


def card_text(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """The card as plain text."""
    return "\n\n".join([title, *(f"{label}\n{words}" for label, words in rows)])


def card_html(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """The card as HTML, labels in bold."""
    parts = [f"<b>{escape(label)}</b>\n{escape(words)}" for label, words in rows]
    return "\n\n".join([f"<b>{escape(title)}</b>", *parts])
