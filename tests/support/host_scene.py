"""A cluster in memory with the played external-dns, a gateway, and a zone of no cloud."""

from collections.abc import Iterable
from dataclasses import replace

from infra.rehearsal.controllers.external_dns.controller import ExternalDns
from infra.rehearsal.controllers.external_dns.port import Changes, HostsError, Record, Scope
from infra.rehearsal.controllers.own_pods import Caller
from infra.wire import Properties
from tests.support.memory_api import MemoryApi

DOMAIN = "llm.example.com"
HOST = f"qwen.{DOMAIN}"
ADDRESS = "198.51.100.7"
OWNER = f"_a-owner.{HOST}"
ARGUMENTS = (
    "--policy=sync",
    "--registry=txt",
    "--txt-owner-id=aws-staging",
    "--txt-prefix=_%{record_type}-owner.",
    f"--domain-filter={DOMAIN}",
    "--managed-record-types=A",
    "--managed-record-types=CNAME",
    "--provider=aws",
    "--namespace=models",
    "--gateway-namespace=gateway",
    "--gateway-name=public",
    "--zone-id-filter=Z1",
)
GATEWAY_API = "gateway.networking.k8s.io"
ROUTES = {"tokenworks.dev/routes": "true"}


def deployment(*arguments: str, ready: int = 1) -> Properties:
    """Return external-dns as its chart installs it."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "external-dns",
            "namespace": "external-dns",
            "labels": {"app.kubernetes.io/name": "external-dns"},
        },
        "spec": {
            "template": {
                "spec": {
                    "serviceAccountName": "external-dns",
                    "containers": [{"args": [*(arguments or ARGUMENTS)]}],
                }
            }
        },
        "status": {"readyReplicas": ready},
    }


def namespace(name: str, **labels: str) -> Properties:
    held: Properties = {**labels}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": held}}


def gateway(*addresses: str, name: str = "public") -> Properties:
    selector: Properties = {"from": "Selector", "selector": {"matchLabels": {**ROUTES}}}
    return {
        "apiVersion": f"{GATEWAY_API}/v1",
        "kind": "Gateway",
        "metadata": {"name": name, "namespace": "gateway"},
        "spec": {
            "listeners": [
                {"name": "http", "hostname": f"*.{DOMAIN}"},
                {
                    "name": "https",
                    "hostname": f"*.{DOMAIN}",
                    "allowedRoutes": {"namespaces": selector},
                },
            ]
        },
        "status": {"addresses": [{"value": one} for one in addresses]},
    }


def route(  # noqa: PLR0913 - what a test changes of it
    host: str = HOST,
    *,
    name: str = "qwen",
    home: str = "models",
    accepted: bool = True,
    parent: str = "public",
    section: str = "https",
) -> Properties:
    reference: Properties = {"name": parent, "namespace": "gateway", "sectionName": section}
    said: Properties = {"type": "Accepted", "status": str(accepted)}
    return {
        "apiVersion": f"{GATEWAY_API}/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": home},
        "spec": {"hostnames": [host] if host else [], "parentRefs": [reference]},
        "status": {"parents": [{"parentRef": reference, "conditions": [said]}]},
    }


class MemoryHosts:
    """A zone, and whether the pods may write in it."""

    provider = "aws"

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Record] = {}
        self.refused = ""
        self.changes = 0
        self.asked: set[Caller] = set()
        self.scopes: set[Scope] = set()

    def put(self, *records: Record) -> None:
        self.held |= {(one.name, one.kind): one for one in records}

    def of(self, name: str) -> tuple[str, ...]:
        """Return where a name points."""
        return next((one.targets for key, one in self.held.items() if key[0] == name), ())

    def adjusted(self, wanted: Iterable[Record]) -> list[Record]:
        return [*wanted]

    def records(self, caller: Caller, scope: Scope) -> list[Record]:
        self.asked.add(caller)
        self.scopes.add(scope)
        if self.refused:
            raise HostsError(self.refused)
        return [replace(one, labels={}) for one in self.held.values()]

    def apply(self, caller: Caller, scope: Scope, changes: Changes) -> None:
        del caller, scope
        self.changes += 1
        for one in changes.delete:
            assert self.held.pop((one.name, one.kind)).targets == one.targets
        for one in changes.create:
            assert (one.name, one.kind) not in self.held
            self.put(one)
        for one in changes.update:
            assert self.held[one.old.name, one.old.kind].targets == one.old.targets
            self.put(one.new)


class Scene:
    """A cluster with the program, and a zone."""

    def __init__(self, *bodies: Properties) -> None:
        self.api = MemoryApi()
        self.dns = MemoryHosts()
        self.controller = ExternalDns(self.api, self.dns)
        self.put(
            deployment(),
            namespace("models", **ROUTES),
            namespace("gateway", **ROUTES),
            gateway(ADDRESS),
            *bodies,
        )

    def put(self, *bodies: Properties) -> None:
        for body in bodies:
            self.api.put(body)

    def run(self, *bodies: Properties) -> MemoryHosts:
        """Change the cluster, and let the program look."""
        self.put(*bodies)
        self.controller.step()
        return self.dns
