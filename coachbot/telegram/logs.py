"""Log lines for a machine to read: `at level event key=value …`. Never what somebody typed.

Libraries put whole requests in their log lines; of those only the name and the bare template are
written, never what was filled in. Of an error the type and the place are written, not its text.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from datetime import UTC, datetime

OURS = "coachbot.telegram"
log = logging.getLogger(OURS)


class _Lines(logging.Formatter):
    """One line a record, without the secrets that were given."""

    def __init__(self, hidden: tuple[str, ...]) -> None:
        super().__init__()
        self.hidden = hidden

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        level = record.levelname.lower()
        if record.name == OURS:
            event, fields = str(record.msg), dict(getattr(record, "fields", {}))
        else:
            event, fields = "library", {"name": record.name, "template": str(record.msg)}
        if record.exc_info and record.exc_info[1] is not None:
            fields |= fault(record.exc_info[1])
        shown = " ".join(f"{key}={_value(value)}" for key, value in fields.items())
        line = f"{at} {level} {event} {shown}".rstrip()
        for hidden in self.hidden:
            line = line.replace(hidden, "***")
        return line


def _value(value: object) -> str:
    text = str(value).replace("\n", " ")
    return f'"{text}"' if " " in text or not text else text


def setup(level: str, *hidden: str) -> None:
    """Logs to standard error from `level` on; libraries only when something is wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines(hidden))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    log.setLevel(level.upper())


def event(level: int, name: str, **fields: object) -> None:
    """Writes one line."""
    log.log(level, name, extra={"fields": fields})


def fault(error: BaseException) -> dict[str, str]:
    """An error as its type and the place it came from; its text may quote somebody."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-4:]]
    return {"error": type(error).__name__, "places": ">".join(places) or "-"}


class Aliases:
    """A name for a chat that holds within one run only, so that a log leads to nobody."""

    def __init__(self) -> None:
        self.salt = secrets.randbits(64)

    def of(self, chat: int) -> str:
        """Four characters that are the same for the same chat."""
        return f"{hash((self.salt, chat)) & 0xFFFF:04x}"
