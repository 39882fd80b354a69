"""Plain data from YAML, taken out key by key; a mistake is one line that says where and what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coachbot.dialogue import ContentError


class Fields:
    """One mapping of a file; `where` stands in front of every error."""

    def __init__(self, data: Any, where: str, allowed: Iterable[str] | None = None) -> None:
        if not isinstance(data, dict):
            raise ContentError(f"{where}: expected keys with values, found {data!r}")
        known = list(allowed) if allowed is not None else [str(key) for key in data]
        for key in data:
            if str(key) not in known:
                raise ContentError(
                    f"{where}: key {key!r} is not known; allowed: {', '.join(known)}"
                )
        self.data = {str(key): value for key, value in data.items()}
        self.where = where

    def text(self, key: str, default: str | None = None) -> str:
        """One sentence or word between quotes."""
        value = self.data.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise ContentError(f"{self.where}.{key}: {value!r} is no text; write it between quotes")
        return value

    def texts(self, key: str, required: bool = True) -> tuple[str, ...]:
        """One text or a list of texts."""
        value = self.data.get(key)
        if value is None and not required:
            return ()
        items = value if isinstance(value, list) else [value]
        for item in items:
            if not isinstance(item, str) or not item.strip():
                raise ContentError(
                    f"{self.where}.{key}: {item!r} is no text; write it between quotes"
                )
        return tuple(items)

    def number(self, key: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ContentError(
                f"{self.where}.{key}: {value!r} is not allowed; allowed: {low}-{high}"
            )
        return value

    def names(self, key: str, allowed: Iterable[str], required: bool = True) -> tuple[str, ...]:
        """Texts out of a fixed set."""
        known = sorted(allowed)
        for name in self.texts(key, required):
            if name not in known:
                raise ContentError(
                    f"{self.where}.{key}: {name!r} is not known; allowed: {', '.join(known)}"
                )
        return self.texts(key, required)

    def list(self, key: str) -> list[tuple[Any, str]]:
        """The items of a list, each with its place for an error."""
        value = self.data.get(key)
        if not isinstance(value, list) or not value:
            raise ContentError(f"{self.where}.{key}: expected a list, found {value!r}")
        return [(item, f"{self.where}.{key}[{i}]") for i, item in enumerate(value)]

    def group(self, key: str, allowed: Iterable[str] | None = None) -> Fields:
        """A mapping under a key."""
        return Fields(self.data.get(key), f"{self.where}.{key}", allowed)

    def all_texts(self) -> dict[str, tuple[str, ...]]:
        """Every key with its texts."""
        return {key: self.texts(key) for key in self.data}

    def complete(self, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Every key with its texts; all of `keys` must be there."""
        missing = [str(key) for key in keys if str(key) not in self.data]
        if missing:
            raise ContentError(f"{self.where}: {', '.join(missing)} is missing")
        return self.all_texts()

    def all_text(self) -> dict[str, str]:
        """Every key with its one text."""
        return {key: self.text(key) for key in self.data}


def plain_speech(lines: Iterable[str], where: str) -> list[str]:
    """Faults in sentences that are said: exclamation marks."""
    return [f"{where}: no exclamation marks: {line!r}" for line in lines if "!" in line]
