"""Failures as exceptions: one class a kind, all of them an ``Error``."""

import functools

from . import ffi


class Error(Exception):
    """Something failed. ``code`` is stable; ``detail`` says what happened and what to do."""

    #: Whether trying again helps.
    is_retryable = False

    def __init__(self, code, detail):
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Invalid(Error):
    """An argument cannot be right."""


class NotFound(Error):
    """No such room, person, message or device."""


class NotAllowed(Error):
    """The room's rules do not allow it."""


class Exists(Error):
    """The handle, room or account exists already."""


class Refused(Error):
    """The relay refused the login."""


class Offline(Error):
    """No connection, or it broke."""

    is_retryable = True


class Busy(Error):
    """The relay asks for patience."""

    is_retryable = True


class Relay(Error):
    """The relay is not the pinned one, or breaks the protocol."""


class Store(Error):
    """The store cannot be opened or written."""


class InUse(Error):
    """The store is in use by another process."""


class WrongKey(Error):
    """The key does not open the store."""


class TooLarge(Error):
    """A larger message, file or list than allowed."""


class Security(Error):
    """Something cryptographic does not verify."""


class Outdated(Error):
    """A newer version of this software is needed."""


class Internal(Error):
    """A defect in this software."""


_KINDS = {kind.__name__: kind for kind in Error.__subclasses__()}


def _raised(error):
    kind = _KINDS.get(type(error).__name__.rpartition(".")[2], Internal)
    return kind(error.code, error.detail)


def translated(call):
    """Makes a call fail with an ``Error``."""

    @functools.wraps(call)
    def wrapper(*args, **kwargs):
        try:
            return call(*args, **kwargs)
        except ffi.LacreError as error:
            raise _raised(error) from None

    return wrapper


def translated_async(call):
    """As ``translated``, for coroutines."""

    @functools.wraps(call)
    async def wrapper(*args, **kwargs):
        try:
            return await call(*args, **kwargs)
        except ffi.LacreError as error:
            raise _raised(error) from None

    return wrapper
