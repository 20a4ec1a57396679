"""End-to-end encrypted chat: a client, its rooms, and what happens in them.

A thin layer over the generated module ``lacre.ffi``: it makes events iterable, messages able to answer, and
errors ordinary exceptions.
"""

from ._client import Client
from ._errors import (
    Busy,
    Error,
    Exists,
    InUse,
    Internal,
    Invalid,
    NotAllowed,
    NotFound,
    Offline,
    Outdated,
    Refused,
    Relay,
    Security,
    Store,
    TooLarge,
    WrongKey,
)
from ._events import (
    Connection,
    Events,
    Failed,
    Lagged,
    Member,
    Message,
    MessageChanged,
    RoomAdded,
    RoomChanged,
    RoomRemoved,
    RoomStopped,
)
from ._room import Insert, Remove, Reset, Room, RoomMember, SendHandle, Timeline, Update
from .ffi import Person, RoomKind, SendState, version

__version__ = version()

__all__ = [
    "Busy",
    "Client",
    "Connection",
    "Error",
    "Events",
    "Exists",
    "Failed",
    "InUse",
    "Insert",
    "Internal",
    "Invalid",
    "Lagged",
    "Member",
    "Message",
    "MessageChanged",
    "NotAllowed",
    "NotFound",
    "Offline",
    "Outdated",
    "Person",
    "Refused",
    "Relay",
    "Remove",
    "Reset",
    "Room",
    "RoomAdded",
    "RoomChanged",
    "RoomKind",
    "RoomMember",
    "RoomRemoved",
    "RoomStopped",
    "Security",
    "SendHandle",
    "SendState",
    "Store",
    "Timeline",
    "TooLarge",
    "Update",
    "WrongKey",
]
