"""Small stand-ins for the names of aiogram 3 and aiohttp that docs/clients/bot.py imports.

aiogram cannot be installed where these tests run, so they show what the bot's own code does, not that aiogram calls it.
Written after aiogram's source of 3.x: the decorators and filters, arguments given by name, FSMContext, get_context.
"""

import inspect
import sys
import types
from dataclasses import dataclass


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(members)


class TelegramForbiddenError(Exception):
    pass


class State:
    """Known by its own name, as `OrderForm:filling` is in aiogram."""

    def __set_name__(self, owner, name):
        self.state = f"{owner.__name__}:{name}"

    async def matches(self, message, state):
        return await state.get_state() == self.state


class StatesGroup:
    pass


class Command:
    def __init__(self, name):
        self.name = name

    async def matches(self, message, state):
        return message.text.split(" ")[0] == f"/{self.name}"


class AnyField:
    """`F`: what these tests send are private texts, which all of the bot's magic filters let through."""

    def __getattr__(self, name):
        return self

    def __eq__(self, other):
        return self

    async def matches(self, message, state):
        return True


class Messages:
    def __init__(self):
        self.handlers = []

    def filter(self, *filters):
        pass

    def __call__(self, *filters):
        def register(handler):
            self.handlers.append((filters, handler))
            return handler

        return register


class Router:
    def __init__(self):
        self.message = Messages()


class FSMContext:
    def __init__(self):
        self.state = None
        self.data = {}

    async def set_state(self, state=None):
        self.state = state.state if isinstance(state, State) else state

    async def get_state(self):
        return self.state

    async def set_data(self, data):
        self.data = dict(data)

    async def get_data(self):
        return dict(self.data)

    async def update_data(self, data=None, **kwargs):
        self.data.update(data or {}, **kwargs)
        return dict(self.data)

    async def clear(self):
        self.__init__()


class Contexts:
    """`dispatcher.fsm`."""

    def __init__(self):
        self.known = {}

    def get_context(self, bot, chat_id, user_id):
        return self.known.setdefault((chat_id, user_id), FSMContext())


class Dispatcher:
    def __init__(self, **data):
        self.data = data
        self.fsm = Contexts()
        self.routers = []

    def include_router(self, router):
        self.routers.append(router)

    async def feed(self, bot, message):
        """The first handler whose filters all let the message through gets it, and what it asks for by name."""
        state = self.fsm.get_context(bot, chat_id=message.chat.id, user_id=message.chat.id)
        known = {**self.data, "bot": bot, "state": state}
        for router in self.routers:
            for filters, handler in router.message.handlers:
                if all([await one.matches(message, state) for one in filters]):
                    wanted = list(inspect.signature(handler).parameters)[1:]
                    return await handler(message, **{name: known[name] for name in wanted})


@dataclass
class Chat:
    id: int
    type: str = "private"


class Bot:
    def __init__(self):
        self.sent = []
        self.blocked_by = set()

    async def send_message(self, chat_id, text):
        if chat_id in self.blocked_by:
            raise TelegramForbiddenError()
        self.sent.append({"chat": chat_id, "text": text})


@dataclass
class Message:
    bot: Bot
    chat: Chat
    message_id: int
    text: str

    async def answer(self, text):
        await self.bot.send_message(self.chat.id, text)


class ChatActionSender:
    @classmethod
    def typing(cls, chat_id, bot):
        return cls()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass


@dataclass
class Request:
    headers: dict
    body: bytes

    async def read(self):
        return self.body


@dataclass
class Response:
    status: int = 200


module("aiogram", Bot=Bot, Dispatcher=Dispatcher, F=AnyField(), Router=Router)
module("aiogram.exceptions", TelegramForbiddenError=TelegramForbiddenError)
module("aiogram.filters", Command=Command)
module("aiogram.fsm")
module("aiogram.fsm.context", FSMContext=FSMContext)
module("aiogram.fsm.state", State=State, StatesGroup=StatesGroup)
module("aiogram.fsm.storage")
module("aiogram.fsm.storage.memory", SimpleEventIsolation=object)
module("aiogram.types", Message=Message)
module("aiogram.utils")
module("aiogram.utils.chat_action", ChatActionSender=ChatActionSender)
module("aiohttp", web=types.SimpleNamespace(Request=Request, Response=Response))
