"""What depends on use: amounts that a stack does not decide, with a default that is said.

Owns the assumptions, and reading others from a file. One amount is for one thing of its kind: for
each gateway, each log group, each registry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from infra.spec.mistakes import Mistake, MistakesError, shown
from infra.spec.suggest import did_you_mean


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Amounts for a month."""

    nat_gb: Decimal = Decimal(100)
    """Through each NAT gateway: images, packages. Weights from outside are counted apart."""
    endpoint_gb: Decimal = Decimal(10)
    """Through each interface endpoint."""
    between_zones_gb: Decimal = Decimal(100)
    """From one zone of the network to another."""
    log_gb: Decimal = Decimal(10)
    """Into each log group or log bucket, and as flow logs of a subnetwork."""
    weights_gb: Decimal = Decimal(100)
    """Kept in the bucket of weights."""
    image_gb: Decimal = Decimal(10)
    """Kept in each registry."""
    key_calls: Decimal = Decimal(100_000)
    """Calls of each key."""
    secret_calls: Decimal = Decimal(10_000)
    """Reads of each secret."""
    dns_queries: Decimal = Decimal(1_000_000)
    """Queries of each DNS zone: resolvers ask again once a minute, not once a request."""
    nat_addresses: Decimal = Decimal(1)
    """External addresses that Cloud NAT takes."""
    cache_gb: Decimal = Decimal(1)
    """In a backup of each instance of the cache."""
    cold_starts: Decimal = Decimal(30)
    """How often each model server starts on an empty disk."""
    load_balancer_gb: Decimal = Decimal(100)
    """Through each load balancer."""


DEFAULT = Usage()


def load_usage(path: Path) -> Usage:
    """Read amounts from a YAML file: `natGb: 250`. What it leaves out stays as assumed.

    Raises:
        MistakesError: The file cannot be read, or says something else; with every mistake.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _error(path, [_mistake("the file", f"cannot be read: {error}", "nothing")]) from error
    if content is None:
        return DEFAULT
    if not isinstance(content, Mapping):
        raise _error(path, [_mistake("the file", "is not a map of amounts", shown(content))])
    mistakes: list[Mistake] = []
    amounts: dict[str, Decimal] = {}
    for key, value in content.items():
        name = _NAMES.get(str(key))
        amount = _amount(value)
        if name is None:
            hint = did_you_mean(str(key), _NAMES, "leave it out")
            mistakes.append(_mistake(str(key), "is no amount that depends on use", str(key), hint))
        elif amount is None:
            mistakes.append(_mistake(str(key), "must be a number, zero or more", shown(value)))
        else:
            amounts[name] = amount
    if mistakes:
        raise _error(path, mistakes)
    return Usage(**amounts)


def spelled(name: str) -> str:
    """Return an amount's name as a file spells it: `natGb`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


_NAMES = {spelled(field.name): field.name for field in fields(Usage)}


def _amount(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _mistake(setting: str, problem: str, got: str, hint: str = "") -> Mistake:
    allowed = ", ".join(f"{name}: {getattr(DEFAULT, field)}" for name, field in _NAMES.items())
    return Mistake(
        setting=setting,
        problem=problem,
        got=got,
        allowed=f"amounts for a month, such as {allowed}",
        next_step=hint or "change it in the file",
    )


def _error(path: Path, mistakes: list[Mistake]) -> MistakesError:
    return MistakesError(f"usage file {path.name}", mistakes)
