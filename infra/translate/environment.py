"""An environment on the other cloud: the stack that is asked for, and those that go with it.

Owns the order, and the promise that what comes out loads without a mistake. Writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.spec.cloud import CloudProvider
from infra.spec.files import STACKS_FOLDER, read_stack_file
from infra.spec.loader import load_stack
from infra.spec.mistakes import SpecError
from infra.spec.stack import StackSpec
from infra.spec.stack_file import NAMESPACE
from infra.spec.stacks import load_environment
from infra.translate.disks import fit_disks
from infra.translate.mapping import Change
from infra.translate.models import translate_model
from infra.translate.pools import Pool, Written, translate_pool
from infra.translate.regions import NoRegionError, choose_region
from infra.translate.sections import Sections, system_machine


class TranslationError(ValueError):
    """A stack that has no counterpart on the other cloud, with the reason."""


@dataclass
class Translated:
    """One stack on the other cloud."""

    source: str
    """Name of the stack that it comes from."""
    name: str
    """Its own name."""
    config: dict[str, object]
    """Its settings, keys as in a stack file."""
    changes: list[Change] = field(default_factory=list)
    """What changed and why."""


def translate(
    stack: str,
    target: CloudProvider,
    *,
    project: str = "",
    name: str = "",
    folder: Path = STACKS_FOLDER,
) -> list[Translated]:
    """Return an environment as it would be on the other cloud, the stacks in order.

    Args:
        stack: any stack of the environment.
        target: the other cloud.
        project: id of the Google Cloud project.
        name: name of the stack that owns the cluster there; made from the old one unless given.
        folder: where stack files lie.

    Raises:
        SpecError: a stack file has mistakes.
        TranslationError: it is on that cloud already, or nothing there takes its place.
    """
    specs = load_environment(stack, folder)
    base = specs[0]
    if base.cloud.provider is target:
        message = f"{base.name} is on {target} already: choose the other cloud"
        raise TranslationError(message)
    configs = {spec.name: _plain(read_stack_file(spec.name, folder)) for spec in specs}
    pools = _pools(base, configs[base.name], target)
    for pool in pools:
        wanted = [m for spec in specs for m in spec.models if m.pool == pool.spec.name]
        fit_disks(pool, wanted)
    names = {spec.name: _name(spec.name, base, target, name) for spec in specs}
    translated = [_base(base, configs[base.name], pools, target, project)]
    translated += [_above(spec, configs[spec.name]) for spec in specs[1:]]
    by_pool = {pool.spec.name: pool for pool in pools}
    for spec, one in zip(specs, translated, strict=True):
        one.name = names[spec.name]
        if spec.extends:
            one.config[f"{NAMESPACE}extends"] = names[spec.extends]
        _models(spec, configs[spec.name], by_pool, one)
    _check(translated)
    return translated


_WHEN = ("preview", "workingHours")
_IN_FRONT = ("gateway", "tenants", "observability")
"""Sections that say nothing of a cloud."""


def _base(
    spec: StackSpec, config: Written, pools: list[Pool], target: CloudProvider, project: str
) -> Translated:
    sections = Sections(spec, target)
    machines = {pool.machine.name for pool in pools} | {system_machine(spec, target).name}
    try:
        region = choose_region(
            spec.cloud.provider, spec.cloud.region, target, machines, spec.cloud.zones
        )
    except NoRegionError as error:
        raise TranslationError(str(error)) from error
    sections.budget(_group(config, "budget"))
    found = {
        "cloud": sections.cloud(_group(config, "cloud"), region.name, region.reason, project),
        "network": sections.network(_group(config, "network")),
        "cluster": sections.cluster(_group(config, "cluster")),
        "gpuPools": [pool.written for pool in pools],
        "cache": sections.cache(_group(config, "cache")),
        "hub": sections.hub(_group(config, "hub"), has_token=spec.hub.token),
    }
    as_they_are = ("environment", "layers", "budget", "slo", *_WHEN, "vectorStore", *_IN_FRONT)
    kept = {name: config[name] for name in as_they_are if name in config}
    written = {**kept, **{name: value for name, value in found.items() if value}}
    changes = [*sections.changes, *(change for pool in pools for change in pool.changes)]
    return Translated(spec.name, "", _with_namespace(written), changes)


def _above(spec: StackSpec, config: Written) -> Translated:
    """A stack that extends another: its pools and its cloud are its base's."""
    sections = Sections(spec, spec.cloud.provider)
    hub = sections.hub(_group(config, "hub"), has_token=spec.hub.token)
    kept = {name: config[name] for name in ("extends", "layers", "budget") if name in config}
    sections.budget(_group(config, "budget"))
    written = {**kept, **({"hub": hub} if hub else {})}
    return Translated(spec.name, "", _with_namespace(written), sections.changes)


def _pools(spec: StackSpec, config: Written, target: CloudProvider) -> list[Pool]:
    items = config.get("gpuPools")
    written = (
        [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    )
    return [
        translate_pool(item, pool, spec.cloud.provider, target)
        for item, pool in zip(written, spec.gpu_pools, strict=True)
    ]


def _models(
    spec: StackSpec, config: Written, pools: Mapping[str, Pool], translated: Translated
) -> None:
    items = config.get("models")
    if not isinstance(items, list):
        return
    models = []
    for item, model in zip(items, spec.models, strict=True):
        found, changes = translate_model(item, model, pools[model.pool])
        models.append(found)
        translated.changes += changes
    if models:
        translated.config[f"{NAMESPACE}models"] = models


def _name(stack: str, base: StackSpec, target: CloudProvider, name: str) -> str:
    prefix = f"{base.cloud.provider}-"
    renamed = (
        f"{target}-{base.name.removeprefix(prefix)}"
        if base.name.startswith(prefix)
        else f"{base.name}-{target}"
    )
    return (name or renamed) + stack.removeprefix(base.name)


def _check(translated: list[Translated]) -> None:
    configs = {one.name: one.config for one in translated}
    errors = []
    for one in translated:
        try:
            load_stack(one.name, one.config, configs.__getitem__)
        except SpecError as error:
            errors.append(error)
    if errors:
        message = f"what comes out has mistakes; mend the stack first\n\n{SpecError.of_all(errors)}"
        raise TranslationError(message)


def _plain(config: Mapping[str, object]) -> Written:
    return {
        key.removeprefix(NAMESPACE): value
        for key, value in config.items()
        if key.startswith(NAMESPACE)
    }


def _with_namespace(written: Written) -> Written:
    return {f"{NAMESPACE}{key}": value for key, value in written.items()}


def _group(config: Written, section: str) -> Written:
    found = config.get(section)
    return dict(found) if isinstance(found, Mapping) else {}
