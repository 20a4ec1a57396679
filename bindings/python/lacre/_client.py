"""The client: one device of one account."""

import os

from . import ffi
from ._errors import translated, translated_async
from ._events import Events
from ._room import Room


class Client:
    """One device of one account.

    ``address`` is what the relay printed, ``folder`` holds this device's data. At the first start ``handle`` is the
    name to sign up under. ``key`` is the store's key, 32 bytes, from the platform's secret store; without one it is
    kept in the folder.

    Opens with ``async with``, or with ``await client.open()`` and ``await client.close()``.
    """

    def __init__(self, address, folder, *, handle=None, key=None, client_name=None):
        self._options = ffi.Options(
            address=address,
            folder=os.fspath(folder),
            handle=handle,
            key=key,
            client_name=client_name,
        )
        self._inner = None

    @translated_async
    async def open(self):
        """Opens the data folder and connects: sign-up, sign-in and resume in one call."""
        if self._inner is None:
            self._inner = await ffi.Client.open(self._options)
        return self

    async def close(self):
        """Closes the client. Messages still queued go out after the next open."""
        inner, self._inner = self._inner, None
        if inner is not None:
            await inner.close()

    async def __aenter__(self):
        return await self.open()

    async def __aexit__(self, *_):
        await self.close()

    def _opened(self):
        if self._inner is None:
            raise RuntimeError("the client is not open; use `async with Client(...)` or `await client.open()`")
        return self._inner

    @property
    def me(self):
        """Who this is: ``account`` and ``name``."""
        return self._opened().me()

    @property
    def is_online(self):
        """Whether the session is up."""
        return self._opened().is_online()

    @translated_async
    async def online(self):
        """Waits until the session is up."""
        await self._opened().online()

    @translated
    def rooms(self):
        """Every room of this device."""
        return [Room(self, inner) for inner in self._opened().rooms()]

    @translated
    def room(self, room_id):
        """A room by its id."""
        return Room(self, self._opened().room(room_id))

    @translated_async
    async def person(self, handle):
        """Finds a person by handle."""
        return await self._opened().person(handle)

    @translated_async
    async def direct(self, handle):
        """The one room shared with this person, opened if it does not exist yet."""
        return Room(self, await self._opened().direct(handle))

    @translated_async
    async def create_group(self, name, handles=()):
        """Creates a group with a name and its first members, by handle."""
        return Room(self, await self._opened().create_group(name, list(handles)))

    @translated_async
    async def create_space(self, name, handles=()):
        """Creates a space with a name and its first members, by handle.

        It holds 2000 devices where a group holds 128; its keys are not post-quantum.
        """
        return Room(self, await self._opened().create_space(name, list(handles)))

    @translated_async
    async def join(self, room_id):
        """Enters an open room."""
        return Room(self, await self._opened().join(room_id))

    def events(self):
        """What happens from now on; the first call also gets what happened since the client opened."""
        return Events(self, self._opened().events())
