"""The pure parts of the adapter, and its settings, in tables."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from coachbot import content
from coachbot.cli import main
from coachbot.config import BotSettings, SettingError
from coachbot.dialogue import ContentError
from coachbot.telegram import logs, outgoing
from coachbot.telegram.limits import Pace
from coachbot.telegram.words import parse

TOKEN = "123:abc-DEF"


# -- what goes out -------------------------------------------------------------------------------


def test_a_long_text_is_cut_after_a_sentence() -> None:
    text = "Dit is een zin van mij. " * 400
    parts = outgoing.split(text.strip())
    assert len(parts) > 1 and all(part.endswith("mij.") for part in parts)
    assert " ".join(parts) == text.strip()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=500), st.integers(10, 60))
def test_every_part_fits_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = outgoing.split(text, limit)
    assert all(outgoing.length(part) <= limit and part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_an_emoji_counts_for_two() -> None:
    parts = outgoing.split("🙂" * 5_000)
    assert [outgoing.length(part) for part in parts] == [4096, 4096, 1808]


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (("ja", "nee", "bijna"), [["ja", "nee", "bijna"]]),
        (("boos", "droef", "bang", "anders"), [["boos", "droef", "bang", "anders"]]),
        (
            tuple(str(n) for n in range(11)),
            [["0", "1", "2", "3", "4", "5"], ["6", "7", "8", "9", "10"]],
        ),
        (("We zijn snel geraakt en schieten uit", "nee"), [["1", "2"]]),
    ],
)
def test_answers_stand_in_rows_that_a_phone_can_show(
    options: tuple[str, ...], rows: list[list[str]]
) -> None:
    made = outgoing.keyboard(options, [str(n) for n in range(len(options))])
    assert [[label for label, _ in row] for row in made] == rows


def test_what_goes_out_survives_the_inbox() -> None:
    outs = outgoing.say("Ik & <jij>", ((("ja", "k:1:0"),),))
    assert outgoing.unpack(outgoing.pack(outs)) == outs
    assert outs[0].text == "Ik &amp; &lt;jij&gt;"


# -- limits --------------------------------------------------------------------------------------


def test_the_pace_is_counted_by_when_it_was_sent() -> None:
    pace = Pace(3)
    assert [pace.admits(1, 100.0 + n) for n in range(4)] == [True, True, True, False]
    assert pace.admits(2, 103.0), "another chat has its own pace"
    assert pace.admits(1, 161.0), "a minute later there is room again"
    assert pace.warns(1, 103.0) and not pace.warns(1, 104.0) and pace.warns(1, 170.0)
    piled = Pace(3)
    assert all(piled.admits(1, 1000.0 + 30 * n) for n in range(20)), "what piled up is no flood"


# -- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "options", "named"),
    [
        ({}, {}, "COACHBOT_TOKEN: is not set"),
        ({"COACHBOT_TOKEN": "zomaar"}, {}, "COACHBOT_TOKEN: is no token"),
        ({"COACHBOT_TELEGRAM_API": "ftp://x"}, {}, "COACHBOT_TELEGRAM_API: 'ftp://x'"),
        ({"COACHBOT_LOG": "veel"}, {}, "COACHBOT_LOG: 'veel'"),
        ({"COACHBOT_MESSAGES_PER_MINUTE": "0"}, {}, "COACHBOT_MESSAGES_PER_MINUTE: '0'"),
        ({"COACHBOT_MESSAGE_LENGTH": "9999"}, {}, "COACHBOT_MESSAGE_LENGTH: '9999'"),
        ({"COACHBOT_REMIND_BEFORE": "-1"}, {}, "COACHBOT_REMIND_BEFORE: '-1'"),
        ({}, {"webhook": "https://x.nl/a"}, "--webhook and --listen go together"),
        ({}, {"webhook": "x.nl", "listen": "127.0.0.1:80"}, "--webhook: 'x.nl'"),
        ({}, {"webhook": "https://x.nl/a", "listen": "80"}, "--listen: '80'"),
        ({}, {"webhook": "https://x.nl/a", "listen": "h:99999"}, "--listen: 'h:99999'"),
    ],
)
def test_a_bad_setting_gives_one_clear_line(
    environ: dict[str, str], options: dict[str, str], named: str
) -> None:
    if "COACHBOT_TOKEN" not in environ and "is not set" not in named:
        environ = environ | {"COACHBOT_TOKEN": TOKEN}
    with pytest.raises(SettingError) as error:
        BotSettings.from_env(environ, **options)
    assert str(error.value).startswith(named) and "\n" not in str(error.value)
    assert TOKEN not in str(error.value)


def test_good_settings_are_taken_over_and_the_token_is_not_shown() -> None:
    settings = BotSettings.from_env(
        {"COACHBOT_TOKEN": TOKEN, "COACHBOT_TELEGRAM_API": "http://127.0.0.1:8081/",
         "COACHBOT_REMIND_BEFORE": "15"},
        webhook="https://x.nl/hook/a", listen="[::1]:8443",
    )  # fmt: skip
    assert settings.api == "http://127.0.0.1:8081" and settings.before == timedelta(minutes=15)
    assert settings.webhook and (settings.webhook.host, settings.webhook.path) == ("::1", "hook/a")
    assert TOKEN not in repr(settings)


def test_the_command_says_what_is_missing() -> None:
    done = CliRunner().invoke(main, ["telegram"], env={"COACHBOT_TOKEN": None})
    assert done.exit_code == 1 and done.output.startswith("Error: COACHBOT_TOKEN: is not set")


# -- logs ----------------------------------------------------------------------------------------


def test_a_library_cannot_put_words_in_the_log() -> None:
    line = logs._Lines((TOKEN,))
    record = logging.LogRecord("httpx", logging.ERROR, "f", 1, "sent %s", ("mijn geheim",), None)
    assert "mijn geheim" not in line.format(record) and 'template="sent %s"' in line.format(record)
    try:
        raise ValueError("mijn geheim")
    except ValueError as error:
        found = (ValueError, error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "fault", (), found)
    assert "mijn geheim" not in line.format(record) and "error=ValueError" in line.format(record)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, f"to bot{TOKEN}/getMe", (), None)
    assert TOKEN not in line.format(record)


# -- the sentences -------------------------------------------------------------------------------


def _data() -> dict[str, Mapping[str, object]]:
    folder = content.default_dir()
    return content.plain(folder / content.WORDS)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d["says"].pop("wis"), "telegram.yml: says: key 'wis' is missing"),
        (lambda d: d["says"].update(extra="x"), "telegram.yml: says: key 'extra' is not known"),
        (lambda d: d["says"].update(wis="{naam}"), "telegram.yml: says.wis: {naam} is not known"),
        (lambda d: d["says"].update(wis=True), "telegram.yml: says.wis: True is no text"),
        (lambda d: d["menu"].update(dans="x"), "telegram.yml: menu.dans: no such command"),
        (lambda d: d["buttons"].update(deel="deel"), "telegram.yml: buttons.deel: 'deel' needs"),
        (lambda d: d["days"].update(maanden=["mei"]), "telegram.yml: days.maanden: 1 names"),
        (lambda d: d.pop("kinds"), "telegram.yml: key 'kinds' is missing"),
    ],
)
def test_a_mistake_in_the_sentences_is_named(change, complaint: str) -> None:  # type: ignore[no-untyped-def]
    data = _data()
    known = frozenset(content.read(content.default_dir() / "gesprek.yml").commands)
    parse(data, "telegram.yml", known)
    change(data)
    with pytest.raises(ContentError) as error:
        parse(data, "telegram.yml", known)
    assert str(error.value).startswith(complaint)


def test_what_the_bot_says_is_short_and_calm() -> None:
    words = content.words(content.default_dir())
    for name, line in {**words.says, **words.kinds}.items():
        assert "!" not in line, name
        for piece in line.split("\n\n"):
            assert piece.count("?") <= 1, name
            assert len(piece.split()) <= 40, name
