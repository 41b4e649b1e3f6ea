"""Runs docs/clients/bot.py on the stand-ins: a line of JSON in, and a line with its `n` out once it has been dealt with.

    {"n": 1, "chat": 7, "text": "/order"}                  → {"n": 1}
    {"n": 2, "callback": "<body>", "headers": {…}}         → {"n": 2, "status": 204}
    {"n": 3, "blocked_by": 7}                              → {"n": 3}, and "out_of_reach": Telegram, for one message
    {"n": 4, "state_of": 7}                                → {"n": 4, "state": "OrderForm:filling", "data": {…}}

and a line `{"chat": 7, "text": "…"}` for each message that the bot sends, as it does. Lines are dealt with at the same
time, as aiogram deals with updates.
"""

import asyncio
import itertools
import json
import os
import sys

import stand_ins  # before the bot, which imports what is in there

import bot as example

orders = example.Orders()
relay = example.Relay(
    url=os.environ["RELAY_URL"], token="local", callback_secrets=os.environ["CALLBACK_SECRETS"].split()
)
dispatcher = stand_ins.Dispatcher(relay=relay, orders=orders)
dispatcher.include_router(example.router)
message_ids = itertools.count(100)


class PrintingBot(stand_ins.Bot):
    is_out_of_reach = False

    async def send_message(self, chat_id, text, parse_mode="HTML"):
        """As a bot whose default it is (`DefaultBotProperties(parse_mode="HTML")`)."""
        if self.is_out_of_reach:
            self.is_out_of_reach = False
            raise ConnectionError("Telegram cannot be reached")
        await super().send_message(chat_id, text)
        say({"chat": chat_id, "text": text, "parse_mode": parse_mode})


def say(value):
    print(json.dumps(value), flush=True)


async def deal_with(line, bot, callback):
    if "text" in line:
        message = stand_ins.Message(bot, stand_ins.Chat(line["chat"]), next(message_ids), line["text"])
        await dispatcher.feed(bot, message)
        say({"n": line["n"]})
    elif "state_of" in line:
        state = dispatcher.fsm.get_context(bot, chat_id=line["state_of"], user_id=line["state_of"])
        say({"n": line["n"], "state": await state.get_state(), "data": await state.get_data()})
    elif "blocked_by" in line:
        bot.blocked_by.add(line["blocked_by"])
        say({"n": line["n"]})
    elif "out_of_reach" in line:
        bot.is_out_of_reach = True
        say({"n": line["n"]})
    else:
        # A header may hold bytes that are no text, which aiohttp hands on as surrogates.
        headers = {name: value.encode().decode("ascii", "surrogateescape") for name, value in line["headers"].items()}
        try:
            status = (await callback(stand_ins.Request(headers, line["callback"].encode()))).status
        except Exception:
            # As aiohttp does.
            status = 500
        say({"n": line["n"], "status": status})


async def main():
    bot = PrintingBot()
    callback = example.callback_route(bot, dispatcher, relay, orders)
    reading = asyncio.get_running_loop()
    tasks = set()
    while line := await reading.run_in_executor(None, sys.stdin.readline):
        tasks.add(asyncio.create_task(deal_with(json.loads(line), bot, callback)))
    await asyncio.gather(*tasks)


asyncio.run(main())
