"""What a person is told of a tenant that is added: what it opens, and how its key is put."""

from infra.additions.tenant import TenantProposal
from infra.additions.words import rows
from infra.spec.models import object_name

_DRAW = (
    "import json, secrets, sys; f, n = sys.argv[1:]; k = json.load(open(f)); "
    'k.setdefault(n, secrets.token_urlsafe(32)); json.dump(k, open(f, "w"))'
)
"""Adds a key that nobody chose under a name, and leaves one that is there. Python, because every
machine that has this project has it; what it writes passes no argument."""
_AT_ONCE = (
    'kubectl -n models annotate externalsecret api-keys force-sync="$(date +%s)" --overwrite'
    "   # or wait for an hour"
)


def tenant_text(proposal: TenantProposal) -> str:
    """Return what is said of a proposal beside its lines."""
    tenant, spec = proposal.tenant, proposal.after.spec
    gateway = spec.gateway
    hosts = [f"{name}, https://{gateway.host(object_name(name))}" for name in proposal.models]
    every = "" if proposal.names_models else "all models, and those to come"
    proxies = "1 proxy" if gateway.replicas == 1 else f"each of {gateway.replicas} proxies"
    opens = [one for one in (every, *hosts) if one] or ["nothing: no stack serves a model yet"]
    found = [
        ("tenant", f"{tenant.name}, known by its key"),
        *(("" if index else "opens", one) for index, one in enumerate(opens)),
        (
            "limit",
            f"{tenant.requests_per_minute} requests a minute to a path of a model, at {proxies}",
        ),
        ("room", _room(proposal)),
    ]
    if proposal.is_first:
        found.append(
            ("mind", "the first tenant: from now on a key whose name is no tenant's opens nothing")
        )
    return rows(found)


def _room(proposal: TenantProposal) -> str:
    namespace, nodes = proposal.tenant.namespace, proposal.after.spec.cluster.system_nodes
    if namespace is None:
        return "none in the cluster: it comes from outside, or from a namespace of somebody else's"
    return (
        f"namespace tenant-{proposal.tenant.name}: {namespace.cpu:g} cores, "
        f"{namespace.memory_gib:g} GiB and {namespace.pods} pods at most, on the system nodes "
        f"({nodes.min} to {nodes.max} x {nodes.machine_type}, shared with the platform)"
    )


def key_text(name: str, read: str, put: str) -> str:
    """Return how a tenant's key is put, by whoever may read and write the platform's secrets.

    Args:
        name: the tenant.
        read: command that prints the secret with all keys.
        put: command that gives it the value that it reads from standard input.
    """
    lines = (
        "its key is put by whoever may read and write the platform's secrets; no argument and no",
        "screen has it:",
        "",
        '  umask 077; KEYS="$(mktemp)"',
        f'  {read} > "$KEYS"',
        """  # Fails where nothing was put yet. Then, and only then: echo '{}' > "$KEYS\"""",
        f'  python3 -c \'{_DRAW}\' "$KEYS" {name} && {put} < "$KEYS"',
        f"  # Hand over what the file has as {name}, as you hand over passwords.",
        '  rm "$KEYS"',
        f"  {_AT_ONCE}",
    )
    return "\n".join(lines)
