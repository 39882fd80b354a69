"""The sentences of `telegram.yml`, checked when they are read: names, placeholders, text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coachbot.dialogue import ContentError, placeholders

# fmt: off
#: The sentences without anything to fill in.
_PLAIN = (
    "vooraf", "help", "geen_gesprek", "druk", "te_snel", "verbeterd", "niet_verbeterd",
    "al_gekozen", "fout", "kaart", "privacy", "gegevens", "gegevens_bestand", "gegevens_leeg",
    "wis", "wis_klaar", "wis_bezig", "wis_niet", "wis_leeg", "wanneer", "wanneer_aanbod",
    "wanneer_onduidelijk", "wanneer_opgegeven", "hoe_laat", "voorbij", "gepland_nu",
    "niet_gepland", "verder", "herinnering_verlaat", "de_ander", "mag", "mag_niet",
    "kaartje_onbekend", "groep_niet", "groep_geen", "groep_leeg", "gedeeld", "niet_gedeeld",
    "weg_niet", "weg_klaar", "deel_niet", "niet_gevonden",
)
# fmt: on
#: Every sentence the bot needs, with what it fills in.
SAYS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_PLAIN, frozenset()),
    "onbekend": frozenset({"menu"}),
    "groep": frozenset({"link"}),
    "code_onbekend": frozenset({"code"}),
    "ingekort": frozenset({"aantal"}),
    "kaartje_past": frozenset({"titel"}),
    "met": frozenset({"ander"}),
    "over": frozenset({"onderwerp"}),
    **dict.fromkeys(
        ("groep_vraag", "groep_gesloten", "weg_vraag", "deel_vraag", "deel_klaar", "ingetrokken"),
        frozenset({"groep", "begeleider"}),
    ),
    **dict.fromkeys(
        ("groep_lid", "groep_mijn", "groep_mijn_gesloten"),
        frozenset({"groep", "begeleider", "naam"}),
    ),
    **dict.fromkeys(("klopt", "gepland"), frozenset({"dag", "tijd"})),
    **dict.fromkeys(
        ("herinnering", "herinnering_leeg", "herinnering_laat"), frozenset({"ander", "tijd"})
    ),
}
#: The commands this adapter answers itself; the others are words of the dialogue.
PRACTISING = ("oefen", "sparren", "scan", "thermometer", "kaartje", "voortgang")
OWN = ("herinner", "gegevens", "wis", "privacy", "groep", *PRACTISING)
#: What a group may ask for.
GROUP = ("theater", "besluit", "stop")
BUTTONS = (
    "ja", "nee", "wis_ja", "wis_nee", "herinner_niet", "laat_zien", "deel", "trek_in", "weg",
)  # fmt: skip
#: Buttons with a number on them.
NUMBERED = ("deel", "trek_in")
KINDS = (
    "doorgestuurd",
    "spraak",
    "foto",
    "video",
    "gif",
    "sticker",
    "locatie",
    "contact",
    "bestand",
    "peiling",
    "dobbelsteen",
    "anders",
)
DAYS = ("vandaag", "morgen", "datum", "weekdagen", "maanden")
#: What Telegram allows beside a command in its menu, and in the name of one.
MENU_CHARACTERS, COMMAND_CHARACTERS = 256, 32


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the bot says around the conversation."""

    menu: Mapping[str, str]
    group_menu: Mapping[str, str]
    words: Mapping[str, str]
    bare_words: Mapping[str, str]
    buttons: Mapping[str, str]
    kinds: Mapping[str, str]
    says: Mapping[str, str]
    days: Mapping[str, tuple[str, ...]]

    def say(self, name: str, **filled: object) -> str:
        """A sentence by its name, filled in."""
        return self.says[name].format_map({key: str(value) for key, value in filled.items()})

    def command(self, text: str) -> str | None:
        """The command of this adapter that a message without a slash stands for."""
        return self.words.get(text.strip().lower().strip(" .!?,…"))

    def bare(self, text: str) -> str | None:
        """The same for words that could also be the answer to a question of the coach."""
        return self.bare_words.get(text.strip().lower().strip(" .!?,…"))

    def day(self, moment: datetime, now: datetime) -> str:
        """How the day of a moment is named, seen from now; both in the same time zone."""
        ahead = (moment.date() - now.date()).days
        if ahead in (0, 1):
            return self.days[("vandaag", "morgen")[ahead]][0]
        return self.days["datum"][0].format(
            weekdag=self.days["weekdagen"][moment.weekday()],
            dag=moment.day,
            maand=self.days["maanden"][moment.month - 1],
        )


def parse(data: Any, name: str, commands: frozenset[str]) -> Words:
    """Plain data (as YAML gives it) to `Words`; `commands` are those the dialogue knows."""
    sections = ("menu", "group_menu", "words", "bare", "buttons", "says", "kinds", "days")
    parts = _fields(data, name, sections)
    says = {key: "\n\n".join(lines) for key, lines in _section(parts, name, "says", SAYS).items()}
    for key, line in says.items():
        for placeholder in sorted(placeholders(line) - SAYS[key]):
            allowed = ", ".join(sorted(SAYS[key])) or "none"
            raise ContentError(
                f"{name}: says.{key}: {{{placeholder}}} is not known; allowed: {allowed}"
            )
    days = {key: tuple(lines) for key, lines in _section(parts, name, "days", DAYS).items()}
    for key, count in (("weekdagen", 7), ("maanden", 12)):
        if len(days[key]) != count:
            raise ContentError(f"{name}: days.{key}: {len(days[key])} names, allowed: {count}")
    buttons = _single(parts, name, "buttons", BUTTONS)
    for key, label in buttons.items():
        if placeholders(label) != ({"nummer"} if key in NUMBERED else set()):
            raise ContentError(f"{name}: buttons.{key}: {label!r} needs {{nummer}}, or may not")
    return Words(
        menu=_menu(parts, name, "menu", commands | {"start", *OWN}),
        group_menu=_menu(parts, name, "group_menu", frozenset(GROUP)),
        words=_words(parts, name, "words", OWN),
        bare_words=_words(parts, name, "bare", PRACTISING),
        buttons=buttons,
        kinds=_single(parts, name, "kinds", KINDS),
        says=says,
        days=days,
    )


def _menu(
    parts: dict[str, Any], name: str, section: str, allowed: frozenset[str]
) -> dict[str, str]:
    """Commands with what Telegram shows beside them."""
    menu = _single(parts, name, section, None)
    for command, shown in menu.items():
        if command not in allowed:
            raise ContentError(
                f"{name}: {section}.{command}: no such command;"
                f" allowed: {', '.join(sorted(allowed))}"
            )
        if not shown or len(shown) > MENU_CHARACTERS or len(command) > COMMAND_CHARACTERS:
            raise ContentError(
                f"{name}: {section}.{command}: longer than Telegram allows, or empty"
            )
    return menu


def _words(parts: dict[str, Any], name: str, section: str, keys: tuple[str, ...]) -> dict[str, str]:
    """What is typed -> the command it stands for."""
    return {
        word.lower(): command
        for command, listed in _section(parts, name, section, keys).items()
        for word in listed
    }


def _fields(data: Any, where: str, allowed: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ContentError(f"{where}: expected keys with values, found {data!r}")
    for key in data:
        if key not in allowed:
            raise ContentError(f"{where}: key {key!r} is not known; allowed: {', '.join(allowed)}")
    for key in allowed:
        if key not in data:
            raise ContentError(f"{where}: key {key!r} is missing")
    return data


def _section(parts: dict[str, Any], name: str, section: str, keys: Any) -> dict[str, list[str]]:
    """A section of lists of text; with `keys` exactly those must be there."""
    where = f"{name}: {section}"
    given = parts[section]
    fields = _fields(given, where, keys if keys is not None else given or ())
    found = {}
    for key, value in fields.items():
        lines = value if isinstance(value, list) else [value]
        for line in lines:
            if not isinstance(line, str) or not line.strip():
                raise ContentError(
                    f'{where}.{key}: {line!r} is no text; write every sentence between quotes ("…")'
                )
        found[str(key)] = lines
    return found


def _single(parts: dict[str, Any], name: str, section: str, keys: Any) -> dict[str, str]:
    return {key: lines[0] for key, lines in _section(parts, name, section, keys).items()}
