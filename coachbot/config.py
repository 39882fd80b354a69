"""Settings, read once from the environment and the command line; nothing else reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


class SettingError(ValueError):
    """One line: which setting, what was wrong with it, what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are."""

    db: Path
    dialogues: Path | None = None

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str], db: Path | None = None, dialogues: Path | None = None
    ) -> Settings:
        """Command line before `COACHBOT_DB` before the platform's own data folder."""
        chosen = db or (Path(environ["COACHBOT_DB"]) if environ.get("COACHBOT_DB") else None)
        if chosen is None:
            chosen = platformdirs.user_data_path("coachbot", appauthor=False) / "coach.db"
        if chosen.is_dir():
            raise SettingError(f"--db: {chosen} is a folder; give the path of a file")
        if dialogues is not None and not dialogues.is_dir():
            raise SettingError(f"--dialogues: {dialogues} is no folder")
        return cls(db=chosen, dialogues=dialogues)
