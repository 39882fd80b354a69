"""Sends what was decided, however the network behaves."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from coachbot import charts, picture, picture_practice, store_erase
from coachbot.charts import Chart
from coachbot.coach import Card
from coachbot.telegram.counter import Counter
from coachbot.telegram.lanes import Worker
from coachbot.telegram.logs import event, fault
from coachbot.telegram.outgoing import (
    MAX_CAPTION,
    Button,
    Do,
    Out,
    card_html,
    card_text,
    escape,
    length,
    say,
)
from coachbot.telegram.parts import user_of
from coachbot.telegram.receipts import Receipts
from coachbot.telegram.wire import seconds

#: The first wait after a failed send, the longest one, and when a message is given up (seconds).
FIRST_WAIT, LONGEST_WAIT, GIVE_UP = 0.5, 30.0, 3_600.0
#: Acknowledging and marking a press is a courtesy: tried for this long.
COURTESY = 10.0
#: What is done beside the answer; it may fail.
COURTESIES = (Do.ACKNOWLEDGE, Do.ALERT, Do.MARK, Do.EDIT)
#: "Typt…" must not hold up an answer for longer than this.
TYPING = 1.0


class Sender:
    """The outgoing half of the bot."""

    def __init__(self, bot: Bot, worker: Worker, counter: Counter, receipts: Receipts) -> None:
        self.bot = bot
        self.worker = worker
        self.counter = counter
        self.receipts = receipts
        self.parts = counter.parts
        self.painter = ThreadPoolExecutor(1, thread_name_prefix="painter")

    def warm_up(self) -> None:
        """Loads the drawing library aside, so that the first card does not keep others waiting."""
        self.painter.submit(picture.warm_up)

    def close(self) -> None:
        """Waits for no picture any more."""
        self.painter.shutdown(wait=False, cancel_futures=True)

    async def typing(self, chat: int) -> None:
        """Shows "typt…"; nothing is lost when that fails."""
        try:
            async with asyncio.timeout(TYPING):
                await self.bot.send_chat_action(chat, ChatAction.TYPING)
        except (TelegramError, TimeoutError) as error:
            event(logging.DEBUG, "typing_failed", error=type(error).__name__)

    async def deliver(self, update: int, chat: int, outs: list[Out]) -> None:
        """Does everything in order; presses are acknowledged meanwhile.

        What was sent before a crash is not sent again. Somebody who shut the bot out is
        remembered, and the rest is left undone.
        """
        courtesies = [
            asyncio.create_task(self._courtesy(chat, out)) for out in outs if out.do in COURTESIES
        ]
        try:
            for part, out in enumerate(outs):
                if part < self.receipts.parts(update):
                    continue
                if not await self._do(chat, out):
                    break
                self.receipts.note(update, part + 1)
        except Forbidden:
            event(logging.INFO, "blocked")
            await self.worker.run(self.parts.inbox.block, user_of(chat), True)
        finally:
            await asyncio.gather(*courtesies)

    async def _do(self, chat: int, out: Out) -> bool:
        """Does one thing; False when what follows would not be true any more."""
        match out.do:
            case Do.SAY:
                await self._say(chat, out)
            case Do.CARD:
                await self._card(chat, int(out.target))
            case Do.DATA:
                await self._data(chat)
            case Do.SCRUB:
                return await self._scrub(chat, out.target == "log")
            case Do.CHART:
                await self._chart(chat, charts.unpack(json.loads(out.target)))
            case Do.DEAL:
                await self._deal(chat, out)
            case Do.ACKNOWLEDGE | Do.ALERT | Do.MARK | Do.EDIT:
                pass
        return True

    async def _say(self, chat: int, out: Out) -> None:
        try:
            await self._insist(
                lambda: self.bot.send_message(
                    chat, out.text, parse_mode=ParseMode.HTML, reply_markup=_keyboard(out.buttons)
                )
            )
        except BadRequest as error:
            event(logging.ERROR, "refused", what="message", **fault(error))

    # -- the card and the data ---------------------------------------------------------------

    async def _card(self, chat: int, session: int) -> None:
        coach = self.parts.coach
        card = await self.worker.run(coach.card, user_of(chat), session)
        if card is None:
            return
        title = self.parts.words.say("kaart")
        labels = coach.engine.dialogues[coach.engine.main].labels
        signs = (labels["temperatuur_voor"], labels["temperatuur_na"])
        felt = zip(signs, (card.before, card.after), strict=True)
        rows = [*card.rows, *((label, sign) for label, sign in felt if sign)]
        short = length(card_text(title, rows)) <= MAX_CAPTION
        shown = await self._photo(chat, card, title, signs, card_html(title, rows) if short else "")
        if not (shown and short):
            for out in say(card_text(title, rows)):
                await self._say(chat, out)

    async def _photo(
        self, chat: int, card: Card, title: str, signs: tuple[str, str], caption: str
    ) -> bool:
        """The card as a picture; False when it cannot be drawn or is not taken."""
        return await self._picture(
            chat, lambda: picture.png(card, title, signs), "kaart.png", caption
        )

    async def _chart(self, chat: int, chart: Chart) -> None:
        """A picture of practising; in letters when it cannot be drawn or is not taken."""
        caption = escape(chart.title)
        if await self._picture(chat, lambda: picture_practice.png(chart), "plaatje.png", caption):
            return
        drawn = escape("\n".join(charts.text(chart)))
        await self._say(chat, Out(Do.SAY, f"{caption}\n<pre>{drawn}</pre>"))

    async def _deal(self, chat: int, out: Out) -> None:
        """A card of a game to one player; the group hears it when that player is out of reach."""
        try:
            await self._insist(
                lambda: self.bot.send_message(int(out.target), out.text, parse_mode=ParseMode.HTML)
            )
        except (BadRequest, Forbidden):
            event(logging.INFO, "player_out_of_reach")
            await self._say(chat, Out(Do.SAY, out.otherwise))

    async def _picture(self, chat: int, draw: Callable[[], bytes], name: str, caption: str) -> bool:
        """Draws aside and sends; False when it cannot be drawn or is not taken."""
        loop = asyncio.get_running_loop()
        try:
            png = await loop.run_in_executor(self.painter, draw)
        except (OSError, ImportError, ValueError, RuntimeError) as error:
            event(logging.ERROR, "picture_failed", **fault(error))
            return False
        try:
            await self._insist(
                lambda: self.bot.send_photo(
                    chat, InputFile(png, name), caption=caption, parse_mode=ParseMode.HTML
                )
            )
        except BadRequest as error:
            event(logging.ERROR, "refused", what="picture", **fault(error))
            return False
        return True

    async def _data(self, chat: int) -> None:
        found = await self.worker.run(
            store_erase.gather, self.parts.coach.store, user_of(chat), chat
        )
        data = json.dumps(found, ensure_ascii=False, indent=2).encode()
        words = self.parts.words
        name = words.say("gegevens_bestand")
        try:
            await self._insist(
                lambda: self.bot.send_document(
                    chat, InputFile(data, name), caption=words.say("gegevens")
                )
            )
        except BadRequest as error:
            event(logging.ERROR, "refused", what="data", **fault(error))

    async def _scrub(self, chat: int, log_only: bool) -> bool:
        """Erased rows leave the files as well; when that must wait, it is said so."""
        if await self.worker.run(self.counter.clean, log_only):
            return True
        for out in say(self.parts.words.say("wis_bezig")):
            await self._say(chat, out)
        return False

    # -- presses -----------------------------------------------------------------------------

    async def _courtesy(self, chat: int, out: Out) -> None:
        """Takes the waiting sign off a button, or its row away; Telegram may find it too late."""
        try:
            if out.do is Do.ACKNOWLEDGE:
                await self._insist(
                    lambda: self.bot.answer_callback_query(out.target, out.text or None), COURTESY
                )
            elif out.do is Do.ALERT:
                await self._insist(
                    lambda: self.bot.answer_callback_query(out.target, out.text, show_alert=True),
                    COURTESY,
                )
            elif out.do is Do.EDIT:
                await self._insist(
                    lambda: self.bot.edit_message_text(
                        out.text,
                        chat,
                        int(out.target),
                        parse_mode=ParseMode.HTML,
                        reply_markup=_keyboard(out.buttons),
                    ),
                    COURTESY,
                )
            elif out.text:
                await self._insist(
                    lambda: self.bot.edit_message_text(
                        out.text, chat, int(out.target), parse_mode=ParseMode.HTML
                    ),
                    COURTESY,
                )
            else:
                await self._insist(
                    lambda: self.bot.edit_message_reply_markup(chat, int(out.target)), COURTESY
                )
        except TelegramError as error:
            event(logging.INFO, "courtesy_refused", what=out.do, error=type(error).__name__)

    async def _insist(self, send: Callable[[], Awaitable[Any]], patience: float = GIVE_UP) -> None:
        """Sends, and waits out a rate limit, a lost network and a server in trouble.

        Raises `BadRequest` and `Forbidden` at once, anything else after `patience` seconds.
        """
        started, wait = time.monotonic(), FIRST_WAIT
        while True:
            try:
                await send()
                return
            except (BadRequest, Forbidden):
                raise
            except (RetryAfter, NetworkError) as error:
                pause = seconds(error) if isinstance(error, RetryAfter) else wait
                if time.monotonic() - started + pause > patience:
                    raise
                event(logging.WARNING, "send_again", error=type(error).__name__, wait=pause)
                await asyncio.sleep(pause)
                wait = min(wait * 2, LONGEST_WAIT)


def _keyboard(buttons: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=data) for label, data in row]
            for row in buttons
        ]
    )
