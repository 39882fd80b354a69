"""The key that signs the cookies: given, or made once and kept beside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from coachbot.config import SECRET_CHARACTERS, SettingError


def load(given: str | None, database: Path) -> str:
    """The key of this site; a file that was made for it is readable by its owner only.

    Raises `SettingError` when that file cannot be made or holds no key.
    """
    if given is not None:
        return given
    path = database.with_name(database.name + ".secret")
    try:
        _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: cannot be used as the key of the pages ({error})") from error
    if len(key) < SECRET_CHARACTERS:
        raise SettingError(f"{path}: holds no key; remove it, and a new one is made")
    return key


def _make(path: Path) -> None:
    """Makes the file when it is not there; of two that start at once, the first one's stays."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    # A link appears whole or not at all, so that nobody reads half a key.
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink()
