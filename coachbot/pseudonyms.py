"""Names under which a facilitator knows the members of a group, such as "Rode Reiger"."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "pseudonyms.yml"


@cache
def names() -> tuple[str, ...]:
    """Every adjective with every animal, rightly inflected and in capitals."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(
        f"{adjective} {animal}".title()
        for common, neuter in data["adjectives"]
        for adjective, animals in ((common, data["de"]), (neuter, data["het"]))
        for animal in animals
    )


def choose(taken: Collection[str], pick: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A name nobody in the group has; when all are taken, one with a number behind it."""
    rank = 1
    while True:
        tail = f" {rank}" if rank > 1 else ""
        free = [name + tail for name in names() if name + tail not in taken]
        if free:
            return pick(free)
        rank += 1
