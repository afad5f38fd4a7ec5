"""The first call: is anybody there, at which path, and does the key open the door?"""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import PATHS
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.key_mask import without_key
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.client.signs import sound
from darkhorse.base.errors import ConfigError
from darkhorse.base.plain import plain

__all__ = ["Knocked", "bases_of", "knock", "said_of"]

_SAID = 300  # characters of what the other side says of an error
_ELSEWHERE = (404, 405)


class Knocked(Struct, frozen=True):
    """A door that opened, and its answer."""

    door: Door
    answer: Answer


def bases_of(url: str) -> tuple[str, ...]:
    """Where the API may begin, likeliest first: people name the base, its host, or the whole path.

    `https://host`, `https://host/v1`, `https://host/v1/chat/completions`.
    """
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    for tail in PATHS.values():
        path = path.removesuffix(tail)
    root = f"{parts.scheme}://{parts.netloc}"
    if path.endswith("/v1"):
        return (root + path,)
    usual, bare = f"{root}{path}/v1", f"{root}{path}"
    return (bare, usual) if path else (usual, bare)


async def knock(
    bases: Sequence[str],
    door_at: Callable[[str], Door],
    say_hello: Callable[[Door], Awaitable[Answer]],
    key_name: str,
) -> Knocked:
    """The first base at which a model answers. Raises ConfigError, with what to do.

    `key_name`: the variable the key came from.
    """
    refused: list[Reply] = []
    for base in bases:
        door = door_at(base)
        answer = await say_hello(door)
        reply = answer.reply
        if answer.ok and not _error_in(reply):
            return Knocked(door, answer)
        refused.append(reply)
        if reply.status not in _ELSEWHERE and not (reply.ok and reply.json is None):
            break
    why = _why(_most_telling(refused), bases[0], key_name)
    raise ConfigError(without_key(door_at(bases[0]).key.reveal(), why))


def said_of(reply: Reply) -> str:
    """Its status and its own words of it, as far as it has any; fit for a terminal."""
    status = reply.problem or f"status {reply.status}"
    message = _error_in(reply)
    return f"{status}: {plain(sound(message))[:_SAID]}" if message else status


def _error_in(reply: Reply) -> str:
    for told in reply.objects:
        error = told.get("error") or (not reply.ok and (told.get("message") or told.get("detail")))
        message = error.get("message") if isinstance(error, dict) else error
        if isinstance(message, str) and message.strip():
            return message
        if error:
            return "an error without a message"
    return ""


def _most_telling(refused: Sequence[Reply]) -> Reply:
    """One with words of its own before a bare `not found`."""
    return next((reply for reply in refused if _error_in(reply)), refused[0])


def _why(reply: Reply, url: str, key_name: str) -> str:
    said = said_of(reply)
    if 300 <= reply.status < 400:
        return f"{url} sends elsewhere ({said}, {_place(reply)}); name that address."
    if reply.ok and not _error_in(reply):
        return f"{url} answers, but not as an OpenAI-compatible API does; check the URL."
    why = _WHYS.get(reply.status, "gives no usable answer ({said}).")
    return f"{url} {why.format(said=said, key_name=key_name)}"


_WHYS = {
    0: "gives no answer ({said}); is the address right, and is it running?",
    401: "does not take the key ({said}); set {key_name} to a key for it.",
    402: "wants to be paid first ({said}).",
    403: "does not take the key ({said}); set {key_name} to a key for it.",
    404: "knows no such path or model ({said}); check the URL and --model.",
    429: "takes no more calls just now ({said}); try again later.",
}


def _place(reply: Reply) -> str:
    return plain(sound(reply.header("location")))[:_SAID] or "nowhere"
