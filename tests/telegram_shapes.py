"""The shapes of the Bot API: people, messages, errors, and HTML as Telegram reads it."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

BOT = {"id": 4242, "is_bot": True, "first_name": "Coach", "username": "coach_test_bot"}
BLOCKED = "Forbidden: bot was blocked by the user"


def error(code: int, description: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return code, answer | ({"parameters": parameters} if parameters else {})


def person(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "is_bot": False,
        "first_name": "Voornaam-geheim",
        "username": "gebruikersnaam_geheim",
        "language_code": "nl",
    }


def message(chat: int, number: int, from_bot: bool = False, by: int = 0) -> dict[str, Any]:
    private = {"id": chat, "type": "private", "first_name": "Voornaam-geheim"}
    group = {"id": chat, "type": "group", "title": "Groepsnaam-geheim"}
    return {
        "message_id": number,
        "date": int(time.time()),
        "chat": private if chat > 0 else group,
        "from": BOT if from_bot else person(by or chat),
    }


def entities(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {"text": text}
    if text.startswith("/"):
        size = len(text.split()[0])
        found["entities"] = [{"type": "bot_command", "offset": 0, "length": size}]
    return found


def shown(html: str) -> str | None:
    """The text that Telegram shows for HTML, or None when it would not take it."""
    tags = re.findall(r"<(/?)(\w+)[^>]*>", html)
    opened: list[str] = []
    for closing, tag in tags:
        if tag not in ("b", "i", "u", "s", "a", "code", "pre", "blockquote"):
            return None
        if closing and (not opened or opened.pop() != tag):
            return None
        if not closing:
            opened.append(tag)
    rest = re.sub(r"</?\w+[^>]*>", "", html)
    if opened or "<" in rest or ">" in rest:
        return None
    return unescape(rest)
