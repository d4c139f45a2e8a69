"""What a person is told of a model that is added: where it runs, whether it fits, what is next."""

from collections.abc import Sequence

from infra.additions.model import ModelProposal
from infra.additions.pool_choice import Option
from infra.additions.words import rows
from infra.sizing.answer import cache_text
from infra.spec.memory import server_memory
from infra.spec.mistakes import SpecError
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec


def cost_text(lines: Sequence[str]) -> str:
    """Return what it costs."""
    return rows([("" if index else "cost", line) for index, line in enumerate(lines)])


def model_text(proposal: ModelProposal) -> str:
    """Return where a model runs and whether it fits."""
    chosen, spec = proposal.chosen, proposal.after.spec
    model = chosen.model
    memory = server_memory(model, chosen.pool, spec.cloud.provider)
    found = [
        ("model", f"{model.name}, {model.source}{_host(spec, model)}"),
        ("runs on", _where(chosen)),
        ("", _why(proposal)),
        *(("or", _where(one)) for one in proposal.others),
        *(("not", f"{pool}: {_short(error)}") for pool, error in proposal.refused.items()),
        ("memory", cache_text(memory)),
        ("room", _room(chosen)),
    ]
    return rows(found)


def _host(spec: StackSpec, model: ModelSpec) -> str:
    gateway = spec.gateway
    return f", at https://{gateway.host(model.object_name)}" if gateway.is_built else ""


def _where(option: Option) -> str:
    model, pool = option.model, option.pool
    count = model.replicas.min
    servers = "1 server," if count == 1 else f"{count} servers, each"
    return (
        f"pool {pool.name}: {servers} {model.tensor_parallel} x {pool.gpu} of "
        f"{pool.machine_type}; {_price(option)}"
    )


def _price(option: Option) -> str:
    if option.usd_per_hour is None:
        return "no source gives a price of it"
    return f"{option.usd_per_hour:.2f} USD an hour for a server, {option.buying}"


def _why(proposal: ModelProposal) -> str:
    if proposal.was_asked:
        return "as asked"
    count = 1 + len(proposal.others) + len(proposal.refused)
    if count == 1:
        return "the only pool of the stack"
    if not proposal.others:
        return f"the only one of {count} pools on which it fits"
    room = " and that have GPUs left" if any(one.free_gpus < 0 for one in proposal.others) else ""
    return f"the cheapest of {1 + len(proposal.others)} pools on which it fits{room}"


def _short(error: SpecError) -> str:
    return "; ".join(dict.fromkeys(f"{one.problem} ({one.allowed})" for one in error.mistakes))


def _room(chosen: Option) -> str:
    pool, free = chosen.pool, chosen.free_gpus
    most = pool.most_nodes * pool.gpus_per_node
    if free < 0:
        return (
            f"pool {pool.name} has {most} GPUs at its maximum, its models ask for {most - free}: a "
            "server will wait for ever. Raise a `max` of the pool with whoever runs the platform"
        )
    return f"{free} of {most} GPUs that the pool has at its maximum are left"
