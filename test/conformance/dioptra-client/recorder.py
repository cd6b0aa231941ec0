"""The public methods of Dioptra's client, by their path, and how often each was called."""

import functools
import inspect

from dioptra.client.base import StatusCodeError


def parts_of(client, path=""):
    """The client and the clients inside it, with their paths."""
    yield path, client
    for name, _ in inspect.getmembers(type(client), lambda member: isinstance(member, property)):
        part = getattr(client, name)
        if type(part).__module__.startswith("dioptra.client"):
            yield from parts_of(part, f"{path}.{name}".lstrip("."))


def methods_of(part):
    found = inspect.getmembers(type(part), inspect.isfunction)
    return [name for name, _ in found if not name.startswith("_")]


def as_json(answer):
    """What the client for whole responses returns, as the client for JSON returns it."""
    if not hasattr(answer, "status_code"):
        return answer
    if not 200 <= answer.status_code < 300:
        raise StatusCodeError(answer.status_code, answer.text)
    return answer.json()


def record(client, calls):
    """Counts the calls of every public method of the client, from now on, in `calls`."""
    for path, part in parts_of(client):
        for name in methods_of(part):
            full_name = f"{path}.{name}".lstrip(".")
            calls.setdefault(full_name, 0)
            setattr(part, name, counted(getattr(part, name), calls, full_name))


def counted(method, calls, full_name):
    @functools.wraps(method)
    def call(*args, **kwargs):
        calls[full_name] += 1
        return as_json(method(*args, **kwargs))

    return call
