"""A Telegram bot (aiogram 3) that takes an order in a chat, hands it to the relay, and tells the customer what comes of it.

    pip install aiogram
    BOT_TOKEN=… RELAY_URL=… RELAY_TOKEN=… CALLBACK_SECRETS=whsec_… PORT=8080 python docs/clients/bot.py

What a shop's own bot has besides (a cart, payment, keyboards) is left out. ``relay.py`` is beside this file.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Awaitable, Callable, Iterator, Mapping
from uuid import uuid4

from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import TelegramForbiddenError
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import Message
from aiogram.utils.chat_action import ChatActionSender
from aiohttp import web

from relay import NotAnswered, customer_text, explanations_of, send_order, verify_callback

log = logging.getLogger("bot")
router = Router()
# In a private chat the chat and the customer have the same id: so the chat's form is found when a callback comes.
router.message.filter(F.chat.type == "private")

ACCEPTED = "Дякуємо, замовлення прийнято! Щойно його оформлять, ми надішлемо номер сюди."
LATER = "Зараз не вдається передати замовлення. Напишіть /again за кілька хвилин, і ми спробуємо ще раз."

# By how much a callback may seem later than it is: it has 10 s to get here, and the time it was sent has no fractions.
CALLBACK_SECONDS = 11


class OrderForm(StatesGroup):
    filling = State()
    sent = State()


@dataclass(frozen=True)
class Question:
    pointer: str
    """What the relay calls the field when it says what is wrong."""
    text: str


QUESTIONS = {
    "name": Question("#/customer/name", "Ваше ім’я та прізвище?"),
    "phone": Question("#/customer/phone", "Ваш номер телефону?"),
    "city": Question("#/delivery/city", "У яке місто доставити?"),
    "address": Question("#/delivery/address", "Яке відділення Нової пошти?"),
}


@dataclass(frozen=True)
class Relay:
    url: str
    token: str
    callback_secrets: list[str]


@dataclass
class Orders:
    """Whose each order is, and what was said of it. A real bot keeps this in its database: here a restart forgets it."""

    chats: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    known_at: dict[str, float] = field(default_factory=dict)
    """By this clock: what befell the order before is no news, because it was sent after that, or its number is told."""
    newest_event: dict[str, float] = field(default_factory=dict)
    """By the relay's clock: the ``timestamp`` of the newest event that was told."""
    seen_events: set[str] = field(default_factory=set)


def order_of(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "external_id": data["external_id"],
        "source": "telegram",
        "customer": {"name": data["name"], "phone": data["phone"]},
        "delivery": {"method": "nova_poshta", "city": data["city"], "address": data["address"]},
        "items": data["items"],
        "payment_method": "mono",
    }


@router.message(Command("order"))
async def begin(message: Message, state: FSMContext) -> None:
    # Named once, when it is begun: sent twice, and corrected, it is still the same order. Not by the chat: that is the
    # customer's own number in Telegram, and an order's number gets into logs and the CRM.
    external_id = f"tg-{uuid4()}"
    items = [{"product_id": "123", "sku": "DRESS-RED-116", "price": 1200, "quantity": 1}]
    await state.set_data({"external_id": external_id, "items": items})
    await state.set_state(OrderForm.filling)
    await message.answer(QUESTIONS["name"].text)


@router.message(OrderForm.filling, F.text)
async def fill(message: Message, state: FSMContext, bot: Bot, relay: Relay, orders: Orders) -> None:
    data = await state.get_data()
    data = await state.update_data({next(missing(data)): message.text})
    question = next(missing(data), None)
    if question is not None:
        await message.answer(QUESTIONS[question].text)
    else:
        await submit(message, state, bot, relay, orders)


def missing(data: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in QUESTIONS if not data.get(name))


@router.message(OrderForm.sent, Command("again"))
async def submit(message: Message, state: FSMContext, bot: Bot, relay: Relay, orders: Orders) -> None:
    """Sends the order, and answers the customer in the same turn where the CRM is quick enough."""
    order = order_of(await state.get_data())
    external_id = order["external_id"]
    await state.set_state(OrderForm.sent)
    # Before it is sent: the callback may be here before the answer is.
    orders.chats[external_id] = message.chat.id
    orders.told.pop(external_id, None)
    orders.known_at[external_id] = time.time()
    async with ChatActionSender.typing(bot=bot, chat_id=message.chat.id):
        try:
            # In a thread, because it blocks; a bot with many customers gives it an executor with as many threads.
            status, body = await asyncio.to_thread(
                send_order, order, url=relay.url, token=relay.token, wait_seconds=8
            )
        except NotAnswered as error:
            log.error("%s", error)
            status, body = 503, {}
    if is_in_crm(body):
        # The answer does not say since when. It stays there, so no rejection from before is to be told any more.
        orders.known_at[external_id] = time.time() + CALLBACK_SECONDS
    await report(bot, state, orders, external_id, body, text_of(body, status))


def text_of(body: Mapping[str, Any], status: int = 200) -> str:
    """What the customer is told, of an answer of the relay or the ``data`` of a callback."""
    if is_in_crm(body):
        return f"Замовлення оформлено, його номер {body['crm_order_id']}. Дякуємо!"
    return customer_text(body) or (ACCEPTED if status in (200, 202) else LATER)


def is_in_crm(body: Mapping[str, Any]) -> bool:
    return bool(body.get("crm_order_id")) and not body.get("error")


async def report(
    bot: Bot, state: FSMContext, orders: Orders, external_id: str, body: Mapping[str, Any], text: str
) -> None:
    """Tells the customer, and asks again for what was refused.

    The answer and the callback say the same, and either may be the first: it is told once.
    """
    told = orders.told.get(external_id)
    if told is not None and text in (told, ACCEPTED, LATER):
        return
    orders.told[external_id] = text
    try:
        await tell(bot, orders.chats[external_id], text)
    except Exception:
        orders.told.pop(external_id, None)
        raise

    explanations = explanations_of(body)
    for explanation in explanations:
        if explanation["who"] in ("manager", "developer"):
            log.error("Order %s: %s", external_id, explanation["en"]["todo"])
    # Meanwhile the customer may have begun another order: then the form is of that one.
    if (await state.get_data()).get("external_id") != external_id:
        return
    if is_in_crm(body):
        await state.clear()
        return
    pointers = {pointer for one in explanations if one["who"] == "customer" for pointer in one["pointers"]}
    refused = [name for name, question in QUESTIONS.items() if question.pointer in pointers]
    if refused:
        await state.update_data({name: None for name in refused})
        await state.set_state(OrderForm.filling)
        # The sentence asks for it already; of several the customer is told which one is the first.
        if len(refused) > 1:
            await tell(bot, orders.chats[external_id], QUESTIONS[refused[0]].text)


async def tell(bot: Bot, chat: int, text: str) -> None:
    """As it is, whatever the bot's own parse mode. A number is the CRM's, and ``error.message``, for whoever shows that,
    quotes what was ordered: either may hold markup. With HTML each value goes through ``html.escape`` first."""
    await bot.send_message(chat, text, parse_mode=None)


def is_stale(event: Mapping[str, Any], sent_at: int, orders: Orders) -> bool:
    """Whether it comes too late to be told: a rejection, say, that is corrected by now. It waited: the bot was down.

    :param sent_at: ``webhook-timestamp``, when this callback was sent
    """
    # This stays true, and nobody may have told it yet: the answer to the last send may have been lost.
    if is_in_crm(event["data"]):
        return False
    external_id = event["data"]["external_id"]
    happened_at = time_of(event)
    if happened_at < orders.newest_event.get(external_id, 0):
        return True
    # How long ago is counted by the relay's clock alone, and then back from now: the two clocks need not agree. What it
    # took to get here makes it seem later than it was, never earlier: better told twice than never.
    return time.time() - (sent_at - happened_at) < orders.known_at.get(external_id, 0)


def time_of(event: Mapping[str, Any]) -> float:
    # Python before 3.11 does not know the Z.
    return datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00")).timestamp()


def callback_route(
    bot: Bot, dispatcher: Dispatcher, relay: Relay, orders: Orders
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Takes the relay's callbacks. An exception becomes a 500, and the relay sends it again, for three days."""

    async def callback(request: web.Request) -> web.Response:
        event = verify_callback(await request.read(), request.headers, relay.callback_secrets)
        if event is None:
            return web.Response(status=401)
        data = event["data"]
        external_id = data["external_id"]
        chat_id = orders.chats.get(external_id)
        if event["id"] in orders.seen_events:
            return web.Response(status=204)
        if chat_id is None:
            log.warning("Callback %s is about no order of this bot: %s", event["id"], external_id)
        elif is_stale(event, int(request.headers["webhook-timestamp"]), orders):
            log.info("Callback %s comes too late to be told: %s", event["id"], external_id)
        else:
            state = dispatcher.fsm.get_context(bot, chat_id=chat_id, user_id=chat_id)
            try:
                await report(bot, state, orders, external_id, data, text_of(data))
            except TelegramForbiddenError:
                # The customer has blocked the bot, and will have when it is sent again.
                log.warning("Order %s: the customer cannot be told", external_id)
            orders.newest_event[external_id] = max(time_of(event), orders.newest_event.get(external_id, 0))
        orders.seen_events.add(event["id"])
        return web.Response(status=204)

    return callback


async def main() -> None:
    relay = Relay(
        url=os.environ["RELAY_URL"],
        token=os.environ["RELAY_TOKEN"],
        callback_secrets=os.environ["CALLBACK_SECRETS"].split(),
    )
    orders = Orders()
    bot = Bot(os.environ["BOT_TOKEN"])
    # Forms are in memory too, unless a storage is given (RedisStorage). One message of a chat at a time: two that come
    # at once would fill in the same field.
    dispatcher = Dispatcher(events_isolation=SimpleEventIsolation(), relay=relay, orders=orders)
    dispatcher.include_router(router)

    app = web.Application()
    app.router.add_post("/callbacks", callback_route(bot, dispatcher, relay, orders))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, port=int(os.environ.get("PORT", "8080"))).start()
    try:
        await dispatcher.start_polling(bot)
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
