"""A Bot API server on loopback that behaves as documented, and a person who types to it.

It runs in a thread of the test. Faults are ordered with `server.fail(method, ...)`; what the bot
did is in `server.calls`, and `server.wait_for(...)` waits for a real event with a deadline.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import telegram_shapes as shapes
import tornado.httpclient
import tornado.httpserver
import tornado.netutil
import tornado.web

TOKEN = "4242:loopback-TOKEN_of-the-tests"
WAIT = 20.0
#: The limits that Telegram documents.
MAX_TEXT, MAX_CAPTION, MAX_DATA = 4096, 1024, 64


@dataclass
class Call:
    """One request of the bot: the method, what it sent, the files, when, and the answer's code."""

    method: str
    data: dict[str, Any]
    files: dict[str, bytes]
    at: float
    code: int = 200
    result: Any = None

    @property
    def chat(self) -> int:
        return int(self.data.get("chat_id", 0))

    @property
    def text(self) -> str:
        return str(self.data.get("text") or self.data.get("caption") or "")

    @property
    def buttons(self) -> list[tuple[str, str]]:
        rows = self.data.get("reply_markup", {}).get("inline_keyboard", [])
        return [(button["text"], button["callback_data"]) for row in rows for button in row]


@dataclass
class Fault:
    """What a method answers instead, for a number of times."""

    code: int
    description: str
    times: int
    parameters: dict[str, Any] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False
    chat: int | None = None


class _Handler(tornado.web.RequestHandler):
    def initialize(self, server: Server) -> None:
        self.server = server

    async def post(self, token: str, method: str) -> None:
        data = {key: _plain(values[-1].decode()) for key, values in self.request.arguments.items()}
        if self.request.headers.get("Content-Type", "").startswith("application/json"):
            data = json.loads(self.request.body)
        files = {key: found[0]["body"] for key, found in self.request.files.items()}
        call = Call(method, data, files, time.monotonic())
        self.server.note(call)
        code, answer = await self.server.answer(token, call)
        call.code = code
        if code == 0:
            # The line goes dead: no answer at all.
            self.request.connection.stream.close()  # type: ignore[attr-defined]
            return
        self.set_status(code)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(answer))

    get = post


def _plain(text: str) -> Any:
    try:
        return json.loads(text) if text[:1] in '[{"' or text.isdecimal() else text
    except json.JSONDecodeError:
        return text


class Server:
    """The server; use it as a context manager."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.changed = threading.Condition()
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.pending: list[dict[str, Any]] = []
        #: When each update was handed to the bot for the first time, and how often.
        self.handed: dict[int, float] = {}
        self.deliveries: dict[int, int] = defaultdict(int)
        self.numbers = itertools.count(100)
        self.messages = itertools.count(1)
        self.sent: dict[tuple[int, int], dict[str, Any]] = {}
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] | None = None
        self.poller: asyncio.Future[None] | None = None
        self.news: asyncio.Event
        self.loop: asyncio.AbstractEventLoop
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.ready = threading.Event()

    def __enter__(self) -> Server:
        self.thread.start()
        assert self.ready.wait(WAIT)
        return self

    def __exit__(self, *args: object) -> None:
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join(WAIT)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.news = asyncio.Event()
        self.stopped = asyncio.Event()
        app = tornado.web.Application(
            [(r"/bot([^/]+)/(\w+)", _Handler, {"server": self})], log_function=lambda handler: None
        )
        sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        http = tornado.httpserver.HTTPServer(app)
        http.add_sockets(sockets)
        self.ready.set()
        await self.stopped.wait()
        if self.poller and not self.poller.done():
            self.poller.set_result(None)
        http.stop()
        await http.close_all_connections()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # -- what the bot asks -------------------------------------------------------------------

    def note(self, call: Call) -> None:
        with self.changed:
            self.calls.append(call)
            self.changed.notify_all()

    async def answer(self, token: str, call: Call) -> tuple[int, dict[str, Any]]:
        if token != self.token:
            return shapes.error(401, "Unauthorized")
        fault = next(
            (f for f in self.faults[call.method] if f.chat is None or f.chat == call.chat), None
        )
        if fault:
            fault.times -= 1
            if fault.times <= 0:
                self.faults[call.method].remove(fault)
            await asyncio.sleep(fault.delay)
            if fault.drop:
                return 0, {}
            if fault.code != 200:
                return shapes.error(fault.code, fault.description, **fault.parameters)
        handler = getattr(self, f"_{call.method}", None)
        if handler is None:
            return shapes.error(404, "Not Found")
        answered = handler(call)
        result = await answered if asyncio.iscoroutine(answered) else answered
        if isinstance(result, tuple):
            return result
        call.result = result
        return 200, {"ok": True, "result": result}

    def _getMe(self, call: Call) -> Any:
        return shapes.BOT | {"can_join_groups": True}

    def _setMyCommands(self, call: Call) -> Any:
        return True

    def _getWebhookInfo(self, call: Call) -> Any:
        return {"url": (self.webhook or {}).get("url", ""), "pending_update_count": 0}

    def _deleteWebhook(self, call: Call) -> Any:
        self.webhook = None
        return True

    def _setWebhook(self, call: Call) -> Any:
        self.webhook = call.data
        return True

    async def _getUpdates(self, call: Call) -> Any:
        if self.webhook:
            return shapes.error(
                409, "Conflict: can't use getUpdates method while webhook is active"
            )
        if self.poller and not self.poller.done():
            self.poller.set_result(None)
        offset = int(call.data.get("offset", 0))
        self.pending = [u for u in self.pending if u["update_id"] >= offset]
        mine: asyncio.Future[None] = self.loop.create_future()
        self.poller = mine
        deadline = self.loop.time() + float(call.data.get("timeout", 0))
        while not self.pending and self.loop.time() < deadline:
            self.news.clear()
            waiter = asyncio.ensure_future(self.news.wait())
            left = max(0.0, deadline - self.loop.time())
            await asyncio.wait({waiter, mine}, timeout=left, return_when="FIRST_COMPLETED")
            waiter.cancel()
            if mine.done():
                return shapes.error(409, "Conflict: terminated by other getUpdates request")
        batch = self.pending[: int(call.data.get("limit", 100))]
        for update in batch:
            self.handed.setdefault(update["update_id"], time.monotonic())
            self.deliveries[update["update_id"]] += 1
        return list(batch)

    def _sendChatAction(self, call: Call) -> Any:
        return shapes.error(403, shapes.BLOCKED) if call.chat in self.blocked else True

    def _sendMessage(self, call: Call) -> Any:
        text = call.data.get("text", "")
        if not text:
            return shapes.error(400, "Bad Request: message text is empty")
        return self._send(call, "text", MAX_TEXT)

    def _sendPhoto(self, call: Call) -> Any:
        if not any(body.startswith(b"\x89PNG") for body in call.files.values()):
            return shapes.error(400, "Bad Request: IMAGE_PROCESS_FAILED")
        return self._send(call, "caption", MAX_CAPTION)

    def _sendDocument(self, call: Call) -> Any:
        return self._send(call, "caption", MAX_CAPTION)

    def _send(self, call: Call, key: str, limit: int) -> Any:
        if call.chat in self.blocked:
            return shapes.error(403, shapes.BLOCKED)
        shown = shapes.shown(str(call.data.get(key, "")))
        if shown is None:
            return shapes.error(400, "Bad Request: can't parse entities")
        if len(shown.encode("utf-16-le")) // 2 > limit:
            return shapes.error(400, "Bad Request: message is too long")
        if any(len(data.encode()) > MAX_DATA for _, data in call.buttons):
            return shapes.error(400, "Bad Request: BUTTON_DATA_INVALID")
        number = next(self.messages)
        message = shapes.message(call.chat, number, from_bot=True)
        message |= {"text": shown or "-"} if key == "text" else {"caption": shown}
        self.sent[call.chat, number] = message | {"html": call.text, "buttons": call.buttons}
        return message

    def _editMessageText(self, call: Call) -> Any:
        return self._edit(call, {"text": shapes.shown(call.text), "html": call.text})

    def _editMessageReplyMarkup(self, call: Call) -> Any:
        return self._edit(call, {})

    def _edit(self, call: Call, change: dict[str, Any]) -> Any:
        key = (call.chat, int(call.data["message_id"]))
        if key not in self.sent:
            return shapes.error(400, "Bad Request: message to edit not found")
        self.sent[key] |= change | {"buttons": call.buttons}
        return {k: v for k, v in self.sent[key].items() if k not in ("html", "buttons")}

    def _answerCallbackQuery(self, call: Call) -> Any:
        return True

    # -- what people do ----------------------------------------------------------------------

    def update(self, **content: Any) -> int:
        """A new update, by poll or by webhook; returns its number."""
        number = next(self.numbers)
        self.deliver({"update_id": number} | content)
        return number

    def deliver(self, update: dict[str, Any]) -> None:
        """Lets an update come in, also one that came before."""

        def arrive() -> None:
            self.pending.append(update)
            self.news.set()

        self.loop.call_soon_threadsafe(arrive)

    def type(self, chat: int, text: str, by: int = 0, **more: Any) -> int:
        """Somebody types (`by`: who, in a group); returns the number of the update."""
        number = next(self.messages)
        message = shapes.message(chat, number, by=by) | shapes.entities(text) | more
        return self.update(message=message)

    def edit(self, chat: int, message: int, text: str) -> int:
        """Somebody changes a message."""
        edited = (
            shapes.message(chat, message) | shapes.entities(text) | {"edit_date": int(time.time())}
        )
        return self.update(edited_message=edited)

    def press(self, chat: int, data: str, message: int, by: int | None = None) -> int:
        """Somebody presses a button under a message of the bot."""
        under = {k: v for k, v in self.sent[chat, message].items() if k not in ("html", "buttons")}
        return self.update(
            callback_query={
                "id": f"q{next(self.messages)}",
                "from": shapes.person(by or chat),
                "message": under,
                "chat_instance": "1",
                "data": data,
            }
        )

    def fail(
        self, method: str, code: int, description: str = "", times: int = 1, **more: Any
    ) -> None:
        """The next calls of a method fail."""
        fault = Fault(code, description or f"Error {code}", times, **more)
        self.loop.call_soon_threadsafe(self.faults[method].append, fault)

    # -- what the tests see ------------------------------------------------------------------

    def of(self, method: str, chat: int | None = None) -> list[Call]:
        """The calls of a method that succeeded (for one chat)."""
        return [
            c
            for c in list(self.calls)
            if c.method == method and c.result is not None and chat in (None, c.chat)
        ]

    def texts(self, chat: int) -> list[str]:
        """Every text that somebody was sent."""
        return [call.text for call in self.of("sendMessage", chat)]

    def wait_for(self, what: Callable[[], Any], seconds: float = WAIT) -> Any:
        """Waits until it is so; fails when it does not become so."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not (found := what()):
                left = deadline - time.monotonic()
                assert left > 0, f"waited {seconds} s in vain; last calls: {self._tail()}"
                # Answers are not announced, only calls are; so look again now and then.
                self.changed.wait(min(left, 0.02))
        return found

    def _tail(self) -> list[str]:
        return [f"{c.method}:{c.code}:{c.text[:60]}" for c in self.calls[-8:]]

    def post(self, body: bytes, secret: str | None, kind: str = "application/json") -> int:
        """A request to the bot's webhook; returns the status code."""
        headers = {"Content-Type": kind}
        if secret is not None:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        assert self.webhook is not None
        url = self.webhook["url"]

        async def send() -> int:
            client = tornado.httpclient.AsyncHTTPClient()
            answer = await client.fetch(
                url, method="POST", body=body, headers=headers, raise_error=False
            )
            return int(answer.code)

        assert urlsplit(url).hostname == "127.0.0.1"
        return asyncio.run_coroutine_threadsafe(send(), self.loop).result(WAIT)
