"""The generator `Password`: what it draws, and what it refuses to.

Owns the rules of its settings; they are those of sethvargo/go-password, which upstream draws with
(as remembered: its limits and its words). The values are drawn from the system's own randomness.
"""

import base64
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass

from infra.rehearsal.controllers.external_secrets.port import SecretManagerError
from infra.rehearsal.kubernetes.values import at
from infra.wire import Properties, Value

DEFAULT_LENGTH = 24
DEFAULT_SYMBOLS = '~!@#$%^&*()_+`-={}|[]\\:"<>?,./'
_SHARE = 0.25
"""Of digits and of symbols, each, where the settings do not say."""


@dataclass(frozen=True)
class _Settings:
    length: int
    digits: int
    symbols: int
    letters: str
    symbol_characters: str
    repeat: bool


def generate(spec: Properties) -> dict[str, bytes]:
    """Return a drawn value for each key.

    Raises:
        SecretManagerError: the settings ask for what cannot be drawn.
    """
    listed = at(spec, "secretKeys")
    keys = [str(key) for key in listed] if isinstance(listed, list) else []
    if len({*keys, ""}) != len(keys) + 1:
        message = "secretKeys must be non-empty and unique"
        raise SecretManagerError(message)
    settings, encoding = _settings(spec), str(spec.get("encoding") or "raw")
    return {key: _encoded(_drawn(settings), encoding) for key in keys or ["password"]}


def _settings(spec: Properties) -> _Settings:
    length = _number(spec.get("length")) or DEFAULT_LENGTH
    share = int(length * _SHARE)
    digits, symbols = (_number(spec.get(name), share) for name in ("digits", "symbols"))
    characters = spec.get("symbolCharacters")
    return _Settings(
        length=length,
        digits=digits,
        symbols=symbols,
        letters=string.ascii_lowercase + ("" if spec.get("noUpper") else string.ascii_uppercase),
        symbol_characters=DEFAULT_SYMBOLS if characters is None else str(characters),
        repeat=bool(spec.get("allowRepeat")),
    )


def _number(value: Value, absent: int = 0) -> int:
    return value if isinstance(value, int) else absent


def _drawn(settings: _Settings) -> bytes:
    letters = settings.length - settings.digits - settings.symbols
    if letters < 0:
        message = "number of digits and symbols must be less than total length"
        raise SecretManagerError(message)
    wanted = (
        ("letters", letters, settings.letters),
        ("digits", settings.digits, string.digits),
        ("symbols", settings.symbols, settings.symbol_characters),
    )
    drawn: list[str] = []
    for name, count, alphabet in wanted:
        drawn += _characters(name, count, alphabet, repeat=settings.repeat)
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn).encode()


def _characters(name: str, count: int, alphabet: str, *, repeat: bool) -> Sequence[str]:
    if repeat and (alphabet or not count):
        return [secrets.choice(alphabet) for _ in range(count)]
    if count > len(alphabet):
        message = f"number of {name} exceeds available {name} and repeats are not allowed"
        raise SecretManagerError(message)
    return secrets.SystemRandom().sample(alphabet, count)


def _encoded(value: bytes, encoding: str) -> bytes:
    match encoding:
        case "base64":
            return base64.b64encode(value)
        case "base64url":
            return base64.urlsafe_b64encode(value)
        case "base32":
            return base64.b32encode(value)
        case "hex":
            return value.hex().encode()
        case _:
            return value
