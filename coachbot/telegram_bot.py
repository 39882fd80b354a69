"""The Telegram bot: updates in, replies out, and nothing lost on the way.

1. An update comes in by polling or by webhook. It is stripped to what the coach may know and
   written to the inbox; only then is it confirmed to Telegram.
2. It goes into the lane of its chat, where one is handled at a time.
3. On the worker (the one thread with the database) it is answered: turn, effects and what will be
   said are recorded in one transaction.
4. It is sent, and the entry of the inbox is closed. A crash before that sends it after the restart.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from telegram import BotCommand, BotCommandScopeAllGroupChats, LinkPreviewOptions, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Defaults, ExtBot, Updater
from telegram.request import HTTPXRequest

from coachbot import reminders
from coachbot.coach import Coach
from coachbot.config import BotSettings
from coachbot.content_all import Material
from coachbot.desk import Desk
from coachbot.reminders import Reminders
from coachbot.store import Store
from coachbot.store_consent import Consent
from coachbot.store_inbox import Inbox
from coachbot.store_theater import Games
from coachbot.telegram import incoming, logs
from coachbot.telegram.counter import Counter, warm_up
from coachbot.telegram.incoming import Incoming, Kind
from coachbot.telegram.lanes import Lanes, Worker
from coachbot.telegram.limits import Pace, SendLimits
from coachbot.telegram.logs import event, fault
from coachbot.telegram.outgoing import Do, Out
from coachbot.telegram.parts import Parts
from coachbot.telegram.receipts import Receipts
from coachbot.telegram.sender import Sender
from coachbot.telegram.wire import BotError, Door, PollRequest, alone, note, persist
from coachbot.telegram.words import Words

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
]
#: Seconds: how long one poll waits for updates, how soon after the start a conflict means that
#: *this* bot is the second one, how long a stop waits for the turn in hand and for the network.
POLL, NEWCOMER, HAND, NETWORK = 20, 30.0, 5.0, 2.0
#: A newcomer's last poll, when it leaves, is told to the other bot as one more conflict.
CONFLICTS = 3
#: Seconds between looks at the reminders, signs of life, and sweeps of old numbers.
TICK, BEAT, SWEEP = 1.0, 10.0, 3_600.0
TYPED = (Kind.TEXT, Kind.COMMAND, Kind.EDIT)


def run(
    store: Store, load: Callable[[], Coach], words: Words, material: Material, settings: BotSettings
) -> None:
    """Runs until SIGTERM or Ctrl-C; raises `BotError` when it cannot.

    `load` makes the coach, which takes longest; meanwhile updates are taken in and written down.
    """
    with alone(store.path):
        try:
            asyncio.run(_live(store, load, words, material, settings))
        except BotError:
            raise
        except Exception as error:
            # The text of an error may hold what somebody typed, or the token.
            event(logging.CRITICAL, "fault", **fault(error))
            raise BotError(f"stopped by a fault of its own: {type(error).__name__}") from None


async def _live(
    store: Store, load: Callable[[], Coach], words: Words, material: Material, settings: BotSettings
) -> None:
    await _Bot(store, load, words, material, settings).live()


@dataclass(slots=True)
class _Item:
    """Something to handle, and when it came in (monotonic seconds)."""

    came: Incoming
    since: float


class _Bot:
    """The running bot."""

    def __init__(
        self,
        store: Store,
        load: Callable[[], Coach],
        words: Words,
        material: Material,
        settings: BotSettings,
    ) -> None:
        self.settings = settings
        self.material = material
        self.load = load
        self.ready = False
        self.started = time.monotonic()
        self.polled: float | None = None
        self.conflicts = 0
        self.failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.worker = Worker()
        self.receipts = Receipts(store.path.with_name(f"{store.path.name}.sent"))
        self.inbox = Inbox(store)
        self.words = words
        self.pace = Pace(settings.per_minute)
        self.groups = Pace(1)
        self.aliases = logs.Aliases()
        self.lanes: Lanes[_Item] = Lanes(self._work)
        self.bot: ExtBot[Any] = ExtBot(
            settings.token,
            base_url=f"{settings.api}/bot",
            base_file_url=f"{settings.api}/file/bot",
            request=HTTPXRequest(connection_pool_size=64, read_timeout=20.0, pool_timeout=20.0),
            get_updates_request=PollRequest(self._answered),
            defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
            rate_limiter=SendLimits(settings.per_second),
        )
        self.updater = Updater(self.bot, Door(self._receive))

    # -- a life ------------------------------------------------------------------------------

    async def live(self) -> None:
        """Connects, works until it is told to stop or cannot go on, and closes."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        told = asyncio.create_task(stop.wait())
        work = asyncio.create_task(self._serve())
        ends: set[asyncio.Future[Any]] = {told, work, self.failed}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            await self._close(work)
        if self.failed.done():
            raise BotError(self.failed.result())
        if work.done() and not work.cancelled():
            work.result()

    async def _serve(self) -> None:
        """Telegram must know the token; then updates come in while the coach is loaded."""
        await persist(self.updater.initialize, self.settings.token)
        await persist(self._open, self.settings.token)
        coach = await self.worker.run(self.load)
        await self.worker.run(warm_up, coach.language, self.words.say("vooraf"))
        parts = Parts(
            coach=coach,
            desk=Desk(coach.store, self.material, coach.language, reminders.now),
            theater=self.material.theater,
            games=Games(coach.store),
            consent=Consent(coach.store),
            inbox=self.inbox,
            reminders=Reminders(self.inbox.db, self.settings.before, self.settings.after),
            words=self.words,
            username=self.bot.username,
            max_length=self.settings.max_length,
            new_users=self.settings.new_users,
            clock=reminders.now,
        )
        self.counter = Counter(parts)
        self.sender = Sender(self.bot, self.worker, self.counter, self.receipts)
        backlog = await self.worker.run(self.counter.backlog)
        self.receipts.keep_only({came.id for came in backlog})
        for came in backlog:
            self.lanes.add(came.chat, _Item(came, time.monotonic()))
        # From here on an update goes into its lane itself; what came before is in the backlog.
        self.ready = True
        event(logging.INFO, "started", seconds=f"{time.monotonic() - self.started:.2f}")
        self.sender.warm_up()
        menu = asyncio.create_task(self._offer_menu())
        try:
            await self._keep_time()
        finally:
            menu.cancel()

    async def _open(self) -> None:
        hook = self.settings.webhook
        if hook is None:
            await self.updater.start_polling(
                timeout=timedelta(seconds=POLL), allowed_updates=UPDATES, error_callback=note
            )
            return
        await self.updater.start_webhook(
            listen=hook.host,
            port=hook.port,
            url_path=hook.path,
            webhook_url=hook.url,
            # Made anew at every start: Telegram is told, nobody else needs to know.
            secret_token=token_urlsafe(32),
            allowed_updates=UPDATES,
        )

    async def _offer_menu(self) -> None:
        """Tells Telegram the commands; it may refuse, and the bot works all the same."""
        try:
            for menu, scope in (
                (self.words.menu, None),
                (self.words.group_menu, BotCommandScopeAllGroupChats()),
            ):
                listed = [BotCommand(name, shown) for name, shown in menu.items()]
                await self.bot.set_my_commands(listed, scope=scope)
        except TelegramError as error:
            event(logging.WARNING, "menu_refused", error=type(error).__name__)

    async def _close(self, work: asyncio.Task[None]) -> None:
        """Takes nothing new, finishes the turn in hand, leaves the rest in the inbox."""
        event(logging.INFO, "stopping", waiting=len(self.lanes.tasks))
        work.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await work
        closing = [asyncio.create_task(self.lanes.close(HAND))]
        if self.updater.running:
            closing.append(asyncio.create_task(self._hang_up()))
        await asyncio.gather(*closing)
        if hasattr(self, "sender"):
            self.sender.close()
        await asyncio.to_thread(self.worker.close)
        self.receipts.close()
        with suppress(TimeoutError, TelegramError, RuntimeError):
            async with asyncio.timeout(NETWORK):
                await self.updater.shutdown()
                await self.bot.shutdown()
        event(logging.INFO, "stopped")

    async def _hang_up(self) -> int:
        with suppress(TimeoutError, TelegramError, RuntimeError):
            async with asyncio.timeout(NETWORK):
                await self.updater.stop()
        return 0

    # -- in ----------------------------------------------------------------------------------

    async def _receive(self, update: Update) -> None:
        """Writes an update down, however long that takes, and puts it in its lane."""
        since = time.monotonic()
        try:
            came = incoming.incoming(update, self.bot.id, self.bot.username)
        except Exception as error:
            # One update of a kind that nobody foresaw must not stop all that come after it.
            event(logging.ERROR, "fault", update=update.update_id, **fault(error))
            return
        if came is None:
            return
        admitted = self._admit(came)
        if admitted is None:
            event(logging.INFO, "dropped", update=came.id, chat=self.aliases.of(came.chat))
            return
        wait = 0.1
        while not self.lanes.closing:
            try:
                new = await self.worker.run(
                    self.inbox.keep, admitted.id, admitted.chat, admitted.message, admitted.pack()
                )
                if new and self.ready:
                    self.lanes.add(admitted.chat, _Item(admitted, since))
                return
            except sqlite3.Error as error:
                event(logging.ERROR, "inbox_failed", update=came.id, **fault(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 10.0)

    def _admit(self, came: Incoming) -> Incoming | None:
        """The update, or a word that it goes too fast, or nothing when that was said already."""
        if came.kind is Kind.GROUP:
            return came if self.groups.admits(came.chat) else None
        if came.kind is Kind.GAME:
            # In a group nobody is told that it goes too fast; what is over it is not done.
            return came if self.pace.admits(came.chat, came.at) else None
        if came.kind in (Kind.BLOCKED, Kind.UNBLOCKED, Kind.MOVED) or self.pace.admits(
            came.chat, came.at
        ):
            return came
        if not self.pace.warns(came.chat, came.at):
            return None
        return Incoming(came.id, came.chat, Kind.TOO_FAST, query=came.query)

    # -- handling ----------------------------------------------------------------------------

    async def _work(self, item: _Item) -> None:
        """One update from its lane to the end; nothing that goes wrong here stops the lane."""
        came = item.came
        try:
            typing = None
            if came.kind in TYPED:
                typing = asyncio.create_task(self.sender.typing(came.chat))
            outs = await self._decide(came)
            if typing:
                await typing
            passed = time.monotonic() - item.since
            await self.sender.deliver(came.id, came.chat, outs)
            wiped = any(out.do is Do.SCRUB for out in outs)
            await self.worker.run(self.counter.finish, came, wiped)
            self.receipts.drop(came.id)
            event(
                logging.INFO,
                "handled",
                update=came.id,
                chat=self.aliases.of(came.chat),
                kind=came.kind,
                out=len(outs),
                ms=round(passed * 1000),
            )
        except InvalidToken:
            self._fail("COACHBOT_TOKEN: Telegram does not know this token any more")
        except Exception as error:
            # The last resort: the update stays in the inbox and is tried at the next start.
            event(logging.ERROR, "fault", update=came.id, **fault(error))

    async def _decide(self, came: Incoming) -> list[Out]:
        """What to send; while another process holds the database, this chat waits for it."""
        wait = 0.1
        while True:
            try:
                return await self.worker.run(self.counter.decide, came)
            except sqlite3.OperationalError as error:
                event(logging.ERROR, "database", update=came.id, **fault(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 10.0)

    # -- time --------------------------------------------------------------------------------

    async def _keep_time(self) -> None:
        """Reminders when they are due, a sign of life, and now and then a sweep."""
        beaten = swept = 0.0
        while True:
            try:
                for came in await self.worker.run(self.counter.due):
                    self.lanes.add(came.chat, _Item(came, time.monotonic()))
                alive = self.settings.webhook is not None or self.polled is not None
                if alive and time.monotonic() - beaten >= BEAT:
                    beaten = time.monotonic()
                    await self.worker.run(self.inbox.beat, "poll", self._last_poll())
                if time.monotonic() - swept >= SWEEP:
                    swept = time.monotonic()
                    await self.worker.run(self.counter.sweep)
                await self.worker.run(self.counter.settle_debt)
            except sqlite3.Error as error:
                event(logging.ERROR, "database", **fault(error))
            await asyncio.sleep(TICK)

    def _last_poll(self) -> datetime:
        """When Telegram last answered a poll; with a webhook the open door is the sign of life."""
        ago = 0.0 if self.polled is None else time.monotonic() - self.polled
        return datetime.now(UTC) - timedelta(seconds=ago)

    def _answered(self, code: int) -> None:
        """What Telegram answered to a poll."""
        if 200 <= code < 300:
            self.polled = time.monotonic()
        elif code in (401, 404):
            self._fail("COACHBOT_TOKEN: Telegram does not know this token any more")
        elif code == 409:
            self._conflict()

    def _conflict(self) -> None:
        """Another bot polls with this token: whoever came last gives way, the other goes on.

        Each poll ends the other bot's, so both are told. The newcomer is the one that never got
        an answer, or that is told again and again soon after its start.
        """
        self.conflicts += 1
        young = time.monotonic() - self.started < NEWCOMER
        if young and (self.polled is None or self.conflicts >= CONFLICTS):
            self._fail("COACHBOT_TOKEN: another bot runs with this token; stop that one first")

    def _fail(self, why: str) -> None:
        if not self.failed.done():
            self.failed.set_result(why)
