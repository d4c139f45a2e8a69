"""States and clusters for tests of a destroy."""

from collections.abc import Sequence

from infra.destroy.cluster import ClusterError
from infra.wire import Properties, Value

PROVIDER = "pulumi:providers:kubernetes"


def resource(kind: str, name: str, inputs: Properties | None = None, **more: Value) -> Properties:
    urn = f"urn:pulumi:dev::tokenworks::{kind}::{name}"
    return {"urn": urn, "type": kind, "custom": True, "inputs": inputs or {}, **more}


def state(*resources: Properties) -> dict[str, Value]:
    return {"version": 3, "deployment": {"resources": [*resources]}}


def namespace(name: str) -> Properties:
    return resource("kubernetes:core/v1:Namespace", name, {"metadata": {"name": name}})


def platform(*more: Properties) -> dict[str, Value]:
    """Return a state with something of every stage."""
    return state(
        {"urn": "urn:stack", "type": "pulumi:pulumi:Stack"},
        resource(PROVIDER, "kubernetes", {"kubeconfig": '{"apiVersion": "v1"}'}),
        namespace("models"),
        resource("aws:eks/nodeGroup:NodeGroup", "system"),
        resource("aws:eks/cluster:Cluster", "control-plane"),
        resource("aws:ec2/subnet:Subnet", "a"),
        resource("aws:s3/bucket:Bucket", "weights"),
        *more,
    )


def body(kind: str, name: str, namespace: str = "default", **spec: Value) -> Properties:
    metadata: Properties = {"name": name, "namespace": namespace, "uid": f"uid-{name}"}
    return {"kind": kind, "metadata": metadata, "spec": spec}


class FakeCluster:
    """Objects in memory; what is asked to go goes, unless it is held."""

    def __init__(self, *objects: Properties, held: Sequence[str] = (), broken: str = "") -> None:
        self.held, self.broken = held, broken
        self.bodies = list(objects)
        self.deleted: list[str] = []

    def objects(self, api_version: str, kind: str) -> list[Properties]:
        del api_version
        if self.broken:
            raise ClusterError(self.broken)
        return [one for one in self.bodies if one["kind"] == kind]

    def delete(self, api_version: str, kind: str, name: str, namespace: str) -> None:
        del api_version
        self.deleted.append(f"{kind} {namespace}/{name}")
        if name not in self.held:
            self.bodies = [
                one
                for one in self.bodies
                if one["metadata"] != body(kind, name, namespace)["metadata"]
            ]
