"""The stack as a whole: its name, its sections, what it extends, its environment and layers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from infra.spec.effective import Origins
from infra.spec.environment import Environment, Layer
from infra.spec.mistakes import SpecError
from infra.spec.not_built import SECTIONS as NOT_BUILT_SECTIONS
from infra.spec.report import Report, Source
from infra.spec.stack_file import NAMESPACE
from infra.spec.suggest import closest, did_you_mean

E = TypeVar("E", bound=StrEnum)

DATA = ("cache", "vectorStore")
"""Sections of what models need beside GPUs."""
INHERITED = (
    *("environment", "cloud", "network", "cluster", "gpuPools"),
    *DATA,
    *("gateway", "tenants", "slo", "observability"),
)
"""Sections that an extending stack takes from its base."""
SECTIONS = (
    *("extends", "environment", "layers", "cloud", "network", "cluster", "gpuPools"),
    *DATA,
    *("gateway", "tenants", "observability", "hub", "models", "budget", "slo"),
    *("preview", "workingHours"),
)
"""Sections of a stack file."""
HUB_TOKEN = "hubToken"  # noqa: S105 - the name of a setting
"""A setting that held a secret; `checks_hub` says where that is now."""

_NAMESPACE = NAMESPACE.rstrip(":")
_AWS_NAMESPACE = "aws"
# The cluster is called tokenworks-<stack>; names of what hangs on it have a budget of 63.
_STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")


@dataclass(frozen=True)
class Base:
    """The stack that is extended. `wanted` without a source: `extends` is broken."""

    wanted: bool
    name: str | None = None
    source: Source | None = None


def check_name(own: Source, report: Report) -> None:
    """Check the name of the stack."""
    if not _STACK_NAME.fullmatch(own.stack):
        report.add(
            ("stack",),
            "is not a stack name",
            own.stack,
            allowed="1 to 30 lower-case letters, digits and hyphens, a letter first",
            next_step="rename the stack file",
        )


def check_sections(own: Source, report: Report) -> set[str]:
    """Refuse sections that are not built or not known; return those that were probably meant."""
    meant: set[str] = set()
    for key in own.config:
        _check_namespace(key, own, report)
    for section in own.sections():
        if section in NOT_BUILT_SECTIONS:
            report.add_not_built((section,), own.section(section), NOT_BUILT_SECTIONS[section])
        elif section not in (*SECTIONS, HUB_TOKEN):
            report.add(
                (section,),
                "unknown section",
                own.section(section),
                allowed=f"one of: {', '.join(SECTIONS)}",
                next_step=did_you_mean(section, SECTIONS, "remove it"),
            )
            meant.add(closest(section, SECTIONS) or "")
    return {section for section in meant if not own.has(section)}


def _check_namespace(key: str, own: Source, report: Report) -> None:
    # Keys of other providers are theirs; a mistyped namespace of ours would be ignored.
    namespace, colon, setting = key.partition(":")
    if colon and namespace == _AWS_NAMESPACE:
        _refuse_provider_key(key, setting, report)
        return
    if colon and (namespace == _NAMESPACE or not closest(namespace, [_NAMESPACE])):
        return
    report.add(
        (key,),
        "has no namespace" if not colon else "has a namespace that nothing reads",
        own.config[key],
        allowed=f"{_NAMESPACE}:SECTION",
        next_step=f"write {_NAMESPACE}:{setting or namespace}",
    )


def _refuse_provider_key(key: str, setting: str, report: Report) -> None:
    report.add(
        (key,),
        "configures a provider that no resource here uses",
        key,  # not its value, which may be a credential
        allowed="no aws: keys; the program makes its own AWS provider from cloud",
        next_step="remove it and write the region as cloud.region"
        if setting == "region"
        else "remove it; the account is that of whoever runs `pulumi`: set AWS_PROFILE there",
    )


def find_base(
    own: Source,
    read_base: Callable[[str], Mapping[str, object]],
    report: Report,
    origins: Origins,
) -> Base:
    """Return the stack that is extended; a chain, a cycle or a missing base is a mistake."""
    if not own.has("extends"):
        return Base(wanted=False)
    name = own.section("extends")
    path = ("extends",)
    origins[path] = own.origin(path)
    if report.refuse_secret(path, name):
        return Base(wanted=True)
    if not isinstance(name, str):
        allowed = "the name of a stack"
        report.add(path, "is not text", name, allowed=allowed, next_step="write `extends: STACK`")
        return Base(wanted=True)
    source = _read(name, own, read_base, report)
    if source is None:
        return Base(wanted=True)
    if source.has("extends"):
        further = source.section("extends")
        extends_us = further == own.stack
        problem = "extends this stack in turn" if extends_us else f"itself extends {further}"
        _report_base(report, f"{name} {problem}", name, "extend the stack of the foundation")
        return Base(wanted=True)
    _refuse_inherited(own, name, report)
    return Base(wanted=True, name=name, source=source)


def _read(
    name: str, own: Source, read_base: Callable[[str], Mapping[str, object]], report: Report
) -> Source | None:
    if name == own.stack:
        _report_base(report, "a stack cannot extend itself", name, "name the stack below it")
        return None
    try:
        return Source(name, read_base(name), inherited=True)
    except SpecError as error:
        report.add_all(error.mistakes)
    except (KeyError, FileNotFoundError):
        _report_base(report, "there is no such stack", name, f"write stacks/Pulumi.{name}.yaml")
    return None


def _report_base(report: Report, problem: str, name: str, next_step: str) -> None:
    allowed = "a stack that builds the foundation and extends none"
    report.add(("extends",), problem, name, allowed=allowed, next_step=next_step)


def _refuse_inherited(own: Source, base: str, report: Report) -> None:
    for section in INHERITED:
        if own.has(section):
            report.add(
                (section,),
                f"comes from {base}, which this stack extends",
                own.section(section),
                allowed="extends, layers and models in a stack that extends another",
                next_step=f"move the section to stacks/Pulumi.{base}.yaml, or remove it",
            )


def read_environment(report: Report, origins: Origins, *, known: bool) -> Environment:
    """Return the environment; development where it is broken, so that checking can go on."""
    source = report.source("environment")
    path = ("environment",)
    if not known:
        return Environment.DEV
    origins[path] = source.origin(path)
    raw = source.section("environment")
    return _choice(Environment, raw, path, report) or Environment.DEV


def read_layers(
    own: Source, report: Report, origins: Origins, *, extends: bool
) -> tuple[Layer, ...]:
    """Return the layers in order of creation; all, or only models when the stack extends one."""
    path = ("layers",)
    if not own.has("layers"):
        origins[path] = "default"
        return (Layer.MODELS,) if extends else tuple(Layer)
    origins[path] = own.origin(path)
    raw = own.section("layers")
    if report.refuse_secret(path, raw):
        return ()
    if not isinstance(raw, list) or not raw:
        report.add(
            path,
            "is not a list of layers" if raw else "names no layer",
            raw,
            allowed=f"some of: {', '.join(Layer)}",
            next_step=f"write `layers: [{', '.join(Layer)}]`",
        )
        return ()
    named = [_choice(Layer, item, ("layers", i), report) for i, item in enumerate(raw)]
    for index, item in enumerate(raw):
        if item in raw[:index]:
            report.add(
                ("layers", index),
                "is named twice",
                item,
                allowed="each layer once",
                next_step="remove one of the two",
            )
    return tuple(layer for layer in Layer if layer in named) if None not in named else ()


def check_layers(
    layers: tuple[Layer, ...], own: Source, base: Source | None, report: Report
) -> None:
    """Check that each layer has what it stands on, and is built by one stack only.

    Args:
        layers: Layers of the stack; empty when they could not be read.
        own: The stack.
        base: The stack that it extends, or none.
        report: Takes the mistakes.
    """
    if not layers:
        return
    below = _layers_of(base) if base else ()
    for layer in layers:
        if base and layer in below:
            report.add(
                ("layers",),
                f"{layer} is built by {base.stack} already",
                ", ".join(layers),
                allowed="each layer in one of the two stacks",
                next_step=f"remove {layer} from the layers of one of the two",
            )
    ground = {*layers, *below}
    gaps = [one for one in Layer if one not in ground and list(Layer).index(one) < _top(layers)]
    if gaps:
        report.add(
            ("layers",),
            f"{layers[-1]} stands on {' and '.join(gaps)}, which no stack builds",
            ", ".join(layers),
            allowed=", ".join(Layer),
            next_step=f"add {', '.join(gaps)}, or write `extends:` with the stack that builds them",
        )
    if Layer.MODELS not in layers and own.section("models"):
        report.add(
            ("models",),
            "this stack does not build the models layer",
            f"{len(_as_list(own.section('models')))} models",
            allowed="models in a stack whose layers include models",
            next_step="add models to layers, or move them to the stack that extends this one",
        )


def _top(layers: tuple[Layer, ...]) -> int:
    return max(list(Layer).index(layer) for layer in layers)


def _layers_of(base: Source) -> tuple[Layer, ...]:
    raw = base.section("layers") if base.has("layers") else list(Layer)
    return tuple(layer for layer in Layer if layer in _as_list(raw))


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _choice(kind: type[E], raw: object, path: tuple[str | int, ...], report: Report) -> E | None:
    choices = tuple(kind)
    if report.refuse_secret(path, raw):
        return None
    if isinstance(raw, str) and raw in choices:
        return kind(raw)
    listed = ", ".join(choices)
    report.add(
        path,
        "is missing" if raw is None else "is not a choice",
        raw,
        allowed=f"one of: {listed}",
        next_step=did_you_mean(str(raw), choices, f"write one of: {listed}"),
    )
    return None
