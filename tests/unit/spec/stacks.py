"""A stack without mistakes, ways to spoil it, and what is then reported."""

from collections.abc import Mapping
from copy import deepcopy

from infra.spec.loader import load_stack
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.stack import StackSpec

Config = dict[str, object]

GOOD: Mapping[str, object] = {
    "environment": "dev",
    "cloud": {"provider": "aws", "region": "us-east-1"},
    "gpuPools": [{"name": "l4", "gpu": "L4", "spot": {"max": 2}}],
    "models": [
        {"name": "qwen2.5-7b", "source": "Qwen/Qwen2.5-7B-Instruct", "pool": "l4", "context": 16384}
    ],
}


def a_stack(**sections: object) -> Config:
    """Return a good stack with some sections put in its place; None leaves a section out."""
    merged = {**deepcopy(dict(GOOD)), **sections}
    if merged["environment"] == "prod":  # whose alerts must reach somebody
        merged.setdefault("observability", {"pagerduty": {}})
    return {f"tokenworks:{key}": value for key, value in merged.items() if value is not None}


def a_gcp_stack(**sections: object) -> Config:
    """Return a good stack of Google Cloud with some sections put in its place."""
    cloud = {"provider": "gcp", "project": "example-llm-dev", "region": "us-central1"}
    return a_stack(**{"cloud": cloud, **sections})


def a_gcp_pool(**settings: object) -> Config:
    """Return a stack of Google Cloud whose one pool has these settings; None leaves one out."""
    pool = {"name": "l4", "gpu": "L4", "spot": {"max": 2}, **settings}
    return a_gcp_stack(gpuPools=[{key: v for key, v in pool.items() if v is not None}], models=None)


def a_pool(**settings: object) -> Config:
    """Return a stack whose one pool has these settings besides its name."""
    return a_stack(gpuPools=[{"name": "l4", "gpu": "L4", "spot": {"max": 2}, **settings}])


def a_model(**settings: object) -> Config:
    """Return a stack whose one model has these settings; None leaves one out."""
    model: Config = {"name": "m", "source": "o/m", "pool": "l4", "context": 4096}
    model |= {"weightsGib": 1.0, **settings}
    return a_stack(models=[{key: value for key, value in model.items() if value is not None}])


def loaded(config: Config, name: str = "aws-dev", **bases: Config) -> StackSpec:
    """Return the spec of a stack; `bases` are the stacks it may extend, `_` for `-`."""
    stacks = {key.replace("_", "-"): value for key, value in bases.items()}
    return load_stack(name, config, stacks.__getitem__)


def mistakes(config: Config, name: str = "aws-dev", **bases: Config) -> tuple[Mistake, ...]:
    """Return the mistakes of a stack; none when it is good."""
    try:
        loaded(config, name, **bases)
    except SpecError as error:
        return error.mistakes
    return ()


def only(config: Config, name: str = "aws-dev", **bases: Config) -> Mistake:
    """Return the one mistake of a stack; a second one would be a false report."""
    found = mistakes(config, name, **bases)
    assert len(found) == 1, "\n".join(map(str, found)) or "no mistake was reported"
    return found[0]
