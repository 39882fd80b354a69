"""A Telegram update as the few things the coach may know of it. Pure.

Names, phone numbers, pictures and places are left behind here: what is not taken over is never
written down.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType


class Kind(StrEnum):
    """What came in. The Dutch ones are also the keys of `kinds` in `telegram.yml`."""

    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    EDIT = "edit"
    GROUP = "group"
    GAME = "game"
    MOVED = "moved"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    REMINDER = "reminder"
    TOO_FAST = "too_fast"
    FORWARDED = "doorgestuurd"
    VOICE = "spraak"
    PHOTO = "foto"
    VIDEO = "video"
    MOVING = "gif"
    STICKER = "sticker"
    PLACE = "locatie"
    CONTACT = "contact"
    FILE = "bestand"
    POLL = "peiling"
    DICE = "dobbelsteen"
    OTHER = "anders"


#: Which attribute of a message makes it which kind; the first that is there decides (an animation
#: also has a document, a venue also has a location).
_MEDIA: tuple[tuple[str, Kind], ...] = (
    ("voice", Kind.VOICE),
    ("audio", Kind.VOICE),
    ("photo", Kind.PHOTO),
    ("animation", Kind.MOVING),
    ("video", Kind.VIDEO),
    ("video_note", Kind.VIDEO),
    ("sticker", Kind.STICKER),
    ("location", Kind.PLACE),
    ("contact", Kind.CONTACT),
    ("document", Kind.FILE),
    ("poll", Kind.POLL),
    ("dice", Kind.DICE),
    ("story", Kind.OTHER),
    ("paid_media", Kind.OTHER),
    ("checklist", Kind.OTHER),
    ("game", Kind.OTHER),
    ("invoice", Kind.OTHER),
)


#: What a group may ask of the bot; its buttons there begin with this.
GAME_COMMANDS, GAME_BUTTON = ("theater", "besluit", "stop"), "t:"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update. `text` is what was typed, the command with what follows it, or a button's data.

    `message` is the number of the message in its chat, `query` the press to acknowledge, `shown`
    the HTML of the message whose button was pressed, `at` when it was sent (seconds since 1970),
    `by` the number of who pressed a button or gave a command in a group.
    """

    id: int
    chat: int
    kind: Kind
    text: str = ""
    message: int = 0
    query: str = ""
    shown: str = ""
    album: str = ""
    at: float = 0.0
    by: int = 0

    def pack(self) -> str:
        """As JSON text, for the inbox."""
        return json.dumps(asdict(self), ensure_ascii=False)


def unpack(text: str) -> Incoming:
    """JSON text back to what came in."""
    data = json.loads(text)
    return Incoming(**data | {"kind": Kind(data["kind"])})


def incoming(update: Update, me: int, username: str) -> Incoming | None:
    """What an update says; None when it is not meant for this bot (`me`, `@username`)."""
    if update.callback_query:
        return _press(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _membership(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return _group(update.update_id, message, me, username) if update.message else None
    kind, text = _kind(message)
    if update.edited_message:
        if kind not in (Kind.TEXT, Kind.COMMAND):
            return None
        # What was edited into a command is one; the message it replaces is looked up by number.
        kind = Kind.EDIT
    if kind is Kind.OTHER and not _said(message):
        return None
    return Incoming(
        id=update.update_id,
        chat=message.chat.id,
        kind=kind,
        text=text,
        message=message.message_id,
        album=message.media_group_id or "",
        at=_seconds(message.edit_date or message.date),
    )


def _kind(message: Message) -> tuple[Kind, str]:
    # Half a character, as a broken client may send, can neither be stored nor sent.
    text = (message.text or message.caption or "").encode("utf-8", "replace").decode()
    if message.forward_origin:
        return Kind.FORWARDED, text
    for attribute, kind in _MEDIA:
        if getattr(message, attribute, None):
            return kind, text
    if not message.text:
        return Kind.OTHER, text
    if text.startswith("/") and len(text) > 1:
        return Kind.COMMAND, text[1:]
    return Kind.TEXT, text


def _said(message: Message) -> bool:
    """Is it something a person sent, and not Telegram's own note that something happened?"""
    return bool(message.caption or message.effective_attachment or message.story)


def _press(update: int, query: CallbackQuery) -> Incoming | None:
    message = query.message
    if message is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return _played(update, query)
    # In a private chat the presser is the chat; whoever claims otherwise is not listened to.
    if query.from_user.id != message.chat.id:
        return None
    shown = (message.text_html or "") if isinstance(message, Message) and message.text else ""
    return Incoming(
        id=update,
        chat=message.chat.id,
        kind=Kind.PRESS,
        text=query.data or "",
        message=message.message_id if isinstance(message, Message) else 0,
        query=query.id,
        shown=shown,
    )


def _played(update: int, query: CallbackQuery) -> Incoming | None:
    """A button of a game in a group; who pressed it is known by number only."""
    message, data = query.message, query.data or ""
    if message is None or not data.startswith(GAME_BUTTON):
        return None
    return Incoming(
        id=update,
        chat=message.chat.id,
        kind=Kind.GAME,
        text=data,
        message=message.message_id,
        query=query.id,
        by=query.from_user.id,
    )


def _membership(update: int, change: ChatMemberUpdated) -> Incoming | None:
    gone = change.new_chat_member.status in (ChatMember.LEFT, ChatMember.BANNED)
    if change.chat.type == ChatType.PRIVATE:
        kind = Kind.BLOCKED if gone else Kind.UNBLOCKED
    elif gone or change.chat.type == ChatType.CHANNEL:
        return None
    elif change.old_chat_member.status in (ChatMember.LEFT, ChatMember.BANNED):
        kind = Kind.GROUP
    else:
        return None
    return Incoming(id=update, chat=change.chat.id, kind=kind, at=_seconds(change.date))


def _group(update: int, message: Message, me: int, username: str) -> Incoming | None:
    """In a group only what is addressed to the bot counts, and of that only a game is kept."""
    if message.migrate_to_chat_id:
        moved = str(message.migrate_to_chat_id)
        return Incoming(id=update, chat=message.chat.id, kind=Kind.MOVED, text=moved)
    said = message.text or message.caption or ""
    text = said.lower()
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    at = f"@{username.lower()}"
    for_others = "@" in command and not command.endswith(at)
    name = command.removeprefix("/").removesuffix(at)
    if not for_others and name in GAME_COMMANDS and message.from_user:
        rest = said[len(command) :].strip().encode("utf-8", "replace").decode()
        return Incoming(
            id=update,
            chat=message.chat.id,
            kind=Kind.GAME,
            text=f"{name} {rest}".strip(),
            at=_seconds(message.date),
            by=message.from_user.id,
        )
    replied = message.reply_to_message
    to_me = bool(replied and replied.from_user and replied.from_user.id == me)
    if for_others or not (command or at in text or to_me):
        return None
    return Incoming(id=update, chat=message.chat.id, kind=Kind.GROUP, at=_seconds(message.date))


def _seconds(moment: datetime) -> float:
    return moment.timestamp()
