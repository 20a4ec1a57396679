"""Events as plain objects that ``match`` can take apart, and the stream of them."""

from dataclasses import dataclass
from datetime import datetime, timezone

from . import ffi
from ._errors import translated_async


class Message:
    """A message in a room."""

    __match_args__ = ("text",)

    def __init__(self, client, data):
        self._client = client
        self._data = data
        #: Names the message everywhere.
        self.id = data.id
        #: Who wrote it: ``account`` and ``name``.
        self.sender = data.sender
        #: Whether this account wrote it.
        self.own = data.own
        #: When the relay accepted it or, until then, when it was queued.
        self.time = datetime.fromtimestamp(data.time_ms / 1000, timezone.utc)
        #: The message it answers, or None.
        self.reply_to = data.reply_to
        #: Whether it was edited.
        self.edited = data.edited
        #: How far it came.
        self.state = data.state
        #: The id of its room.
        self.room_id = data.room
        #: Emoji and the accounts that reacted with it.
        self.reactions = {reaction.emoji: list(reaction.accounts) for reaction in data.reactions}

    @property
    def text(self):
        """Its Markdown text; empty if it is not a text: ``kind`` tells what it is."""
        return self._data.body.text if self._data.body.is_text() else ""

    @property
    def kind(self):
        """``text``, ``deleted``, ``unreadable``, ``gone``, or the name of another kind."""
        body = self._data.body
        if body.is_other():
            return body.kind or "other"
        return _variant(body).lower()

    @property
    def room(self):
        """Its room."""
        return self._client.room(self.room_id)

    async def reply(self, text):
        """Answers it, quoting it. Returns a ``SendHandle``."""
        return await self.room.reply(self.id, text)

    async def react(self, emoji):
        """Reacts to it with an emoji."""
        await self.room.react(self.id, emoji)

    def __eq__(self, other):
        return isinstance(other, Message) and self._data == other._data

    def __repr__(self):
        return f"{type(self).__name__}(id={self.id!r}, sender={self.sender.name!r}, text={self.text!r})"


class MessageChanged(Message):
    """A message that changed: edited, deleted, reacted to, sent, failed; or an own one that is new."""

    __hash__ = None


@dataclass(frozen=True)
class Connection:
    """The session came up or went down. Reconnecting is automatic."""

    online: bool


@dataclass(frozen=True)
class RoomAdded:
    """A room appeared."""

    room: str


@dataclass(frozen=True)
class RoomChanged:
    """A room's name, members, roles, rules or counts changed."""

    room: str


@dataclass(frozen=True)
class RoomRemoved:
    """This device no longer reads the room."""

    room: str
    left: bool


@dataclass(frozen=True)
class Member:
    """A member joined or left."""

    room: str
    person: ffi.Person
    joined: bool


@dataclass(frozen=True)
class RoomStopped:
    """A room stopped because it could not be followed."""

    room: str
    code: str
    detail: str


@dataclass(frozen=True)
class Lagged:
    """This reader was too slow: so many events were dropped. Timelines have what was missed."""

    missed: int


@dataclass(frozen=True)
class Failed:
    """Something failed that belongs to no call."""

    code: str
    detail: str
    retryable: bool


_PLAIN = {
    "CONNECTION": lambda e: Connection(e.online),
    "ROOM_ADDED": lambda e: RoomAdded(e.room),
    "ROOM_CHANGED": lambda e: RoomChanged(e.room),
    "ROOM_REMOVED": lambda e: RoomRemoved(e.room, e.left),
    "MEMBER": lambda e: Member(e.room, e.person, e.joined),
    "ROOM_STOPPED": lambda e: RoomStopped(e.room, e.code, e.detail),
    "LAGGED": lambda e: Lagged(e.missed),
    "FAILED": lambda e: Failed(e.code, e.detail, e.retryable),
}


def _variant(value):
    """The name of an enum's variant, as the generated classes carry it."""
    return type(value).__name__.rpartition(".")[2]


def _dressed(client, event):
    name = _variant(event)
    if name == "MESSAGE":
        return Message(client, event.message)
    if name == "MESSAGE_CHANGED":
        return MessageChanged(client, event.message)
    return _PLAIN[name](event)


class Events:
    """The events of a client, in order: an async iterator that ends with the client."""

    def __init__(self, client, inner):
        self._client = client
        self._inner = inner

    def __aiter__(self):
        return self

    @translated_async
    async def __anext__(self):
        event = await self._inner.next()
        if event is None:
            raise StopAsyncIteration
        return _dressed(self._client, event)

    def close(self):
        """Ends the stream."""
        self._inner.close()
