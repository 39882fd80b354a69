"""Loads the reading pipeline once and forks a bot for every line of standard input."""

from __future__ import annotations

import json
import os
import sys
import traceback

from coachbot import content, content_all, nlp
from coachbot.coach import Coach
from coachbot.config import BotSettings, Settings
from coachbot.engine import Engine
from coachbot.store import Store
from coachbot.telegram import logs
from coachbot.telegram.wire import BotError
from coachbot.telegram_bot import run


def main() -> None:
    """One order a line: start a bot, or wait for one; the answer is its pid or its exit code."""
    folder = content.default_dir()
    engine, language, words = Engine(content.load(folder)), nlp.load(), content.words(folder)
    material = content_all.material(folder)
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                _child(order, engine, language, words, material)
        print(answer, flush=True)


def _child(order, engine, language, words, material) -> None:  # type: ignore[no-untyped-def]
    code = 1
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    try:
        options = dict(zip(order["options"][::2], order["options"][1::2], strict=True))
        settings = BotSettings.from_env(
            order["env"], webhook=options.get("--webhook"), listen=options.get("--listen")
        )
        logs.setup(settings.log_level, settings.token)
        store = Store(Settings.from_env(order["env"]).db)
        run(store, lambda: Coach(engine, store, language), words, material, settings)
        code = 0
    except BotError as error:
        os.write(2, f"Error: {error}\n".encode())
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
