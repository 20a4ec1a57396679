"""Rooms, their timelines, and messages on their way."""

from dataclasses import dataclass

from ._errors import translated, translated_async
from ._events import Message


class SendHandle:
    """A message on its way. Letting go of it changes nothing: the message goes out anyway."""

    def __init__(self, inner):
        self._inner = inner

    @property
    def message_id(self):
        """Names the message everywhere."""
        return self._inner.message_id()

    @property
    def state(self):
        """How far it came."""
        return self._inner.state()

    @translated_async
    async def sent(self):
        """Waits until the relay has it durably."""
        await self._inner.sent()


@dataclass(frozen=True)
class RoomMember:
    """A member of a room."""

    account: str
    name: str
    owner: bool


class Room:
    """A room: a set of people and their messages."""

    def __init__(self, client, inner):
        self._client = client
        self._inner = inner

    @property
    def id(self):
        """Names the room everywhere."""
        return self._inner.id()

    @property
    def name(self):
        """Its name; in a direct room, the other person's."""
        return self._inner.name()

    @property
    def kind(self):
        """What sort of room it is: a ``RoomKind``."""
        return self._inner.kind()

    @property
    def is_joined(self):
        """Whether this device reads and writes it."""
        return self._inner.is_joined()

    @property
    def members(self):
        """Who is in it."""
        return [RoomMember(m.person.account, m.person.name, m.owner) for m in self._inner.members()]

    @property
    @translated
    def unread(self):
        """How many messages of others are unread."""
        return self._inner.unread()

    @translated_async
    async def send(self, text):
        """Sends a text in Markdown. Safe on this device when it returns."""
        return SendHandle(await self._inner.send(text))

    @translated_async
    async def reply(self, message, text):
        """Answers a message."""
        return SendHandle(await self._inner.reply(_id(message), text))

    @translated_async
    async def react(self, message, emoji):
        """Reacts to a message with an emoji."""
        await self._inner.react(_id(message), emoji)

    @translated_async
    async def unreact(self, message, emoji):
        """Takes a reaction back."""
        await self._inner.unreact(_id(message), emoji)

    @translated_async
    async def edit(self, message, text):
        """Replaces the text of an own message."""
        await self._inner.edit(_id(message), text)

    @translated_async
    async def delete(self, message):
        """Deletes an own message for everybody."""
        await self._inner.delete(_id(message))

    @translated_async
    async def mark_all_read(self):
        """Marks everything in the room as read."""
        await self._inner.mark_all_read()

    @translated_async
    async def invite(self, *handles):
        """Adds people by handle, with all their devices."""
        await self._inner.invite(list(handles))

    @translated_async
    async def remove(self, account):
        """Removes a person with all their devices."""
        await self._inner.remove(account)

    @translated_async
    async def leave(self):
        """Leaves the room with all devices of this account."""
        await self._inner.leave()

    @translated_async
    async def set_name(self, name):
        """Renames the room."""
        await self._inner.set_name(name)

    @translated_async
    async def set_open(self, is_open):
        """Lets everybody in who knows the room's id, or only those who are invited."""
        await self._inner.set_open(is_open)

    @translated_async
    async def timeline(self):
        """The room's messages as a list that stays up to date, from the last 50 on."""
        return Timeline(self._client, await self._inner.timeline())

    def __repr__(self):
        return f"Room(id={self.id!r}, name={self.name!r})"


@dataclass(frozen=True)
class Insert:
    """A message was put before the one at ``index``."""

    index: int
    message: Message


@dataclass(frozen=True)
class Update:
    """The message at ``index`` changed."""

    index: int
    message: Message


@dataclass(frozen=True)
class Remove:
    """The message at ``index`` went."""

    index: int


@dataclass(frozen=True)
class Reset:
    """The list is another one now."""

    messages: list


class Timeline:
    """The messages of a room, oldest first, and an async iterator of how they change."""

    def __init__(self, client, inner):
        self._client = client
        self._inner = inner

    def snapshot(self):
        """The whole list as it is now. Changes not taken yet are part of it."""
        return [Message(self._client, data) for data in self._inner.snapshot()]

    @translated_async
    async def older(self, count):
        """Reads up to ``count`` messages before the first one; 0 at the beginning."""
        return await self._inner.older(count)

    def __aiter__(self):
        return self

    async def __anext__(self):
        diff = await self._inner.next_diff()
        if diff is None:
            raise StopAsyncIteration
        if diff.is_remove():
            return Remove(diff.index)
        if diff.is_reset():
            return Reset([Message(self._client, data) for data in diff.items])
        message = Message(self._client, diff.item)
        return (Insert if diff.is_insert() else Update)(diff.index, message)


def _id(message):
    return message.id if isinstance(message, Message) else message
