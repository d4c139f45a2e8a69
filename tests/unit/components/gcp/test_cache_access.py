"""The right to connect to the cache on Google Cloud: one service account, one instance."""

from dataclasses import replace

import pulumi
import pytest

from components.gcp.cache import Cache
from components.gcp.cache_access import CacheAccessError, let_connect
from components.gcp.identity import RoleMaker
from components.handles import CacheRef
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.gcp.evaluate import Request, Target, evaluate
from infra.spec.environment import Layer
from infra.spec.files import load_stack_file
from tests.support.gcp_grants import grants_in, roles_in
from tests.support.graphs import graph_of
from tests.support.stacks import GCP_STACKS
from tests.unit.components import examples_gcp as examples

FOUNDATIONS = [name for name in GCP_STACKS if Layer.FOUNDATION in load_stack_file(name).layers]
INSTANCES = f"projects/{examples.PROJECT}/locations/us-central1/instances"
CONNECT = "memorystore.instances.connect"
GATEWAY = "gateway@the-project.iam.gserviceaccount.com"
REF = CacheRef(
    host=pulumi.Output.from_input("10.0.0.9"),
    port=6379,
    tls=True,
    user=None,
    secret=None,
    rights_name=(f"{INSTANCES}/gcp-dev-counters",),
)


class _Client(pulumi.ComponentResource):
    """Whoever uses the cache."""

    def __init__(self, ref: CacheRef) -> None:
        super().__init__("tokenworks:gcp:Client", "client", None, examples.with_gcp())
        drawn = pulumi.Output.from_input("abcdefg")
        roles = RoleMaker(self, "client", examples.project_ref(), drawn)
        let_connect("client-counters", ref, pulumi.Output.from_input(GATEWAY), roles)
        self.register_outputs({})


def _granted(ref: CacheRef = REF) -> Graph:
    return record_program(lambda: _Client(ref), stack="gcp-dev")


@pytest.mark.parametrize(
    ("who", "permission", "instance", "allowed"),
    [
        (GATEWAY, CONNECT, "gcp-dev-counters", True),
        (GATEWAY, CONNECT, "gcp-dev-responses", False),
        (GATEWAY, CONNECT, "gcp-prod-counters", False),
        (GATEWAY, "memorystore.instances.delete", "gcp-dev-counters", False),
        ("other@the-project.iam.gserviceaccount.com", CONNECT, "gcp-dev-counters", False),
    ],
)
def test_one_account_may_connect_to_one_instance_and_nothing_else(
    who: str, permission: str, instance: str, *, allowed: bool
) -> None:
    graph = _granted()
    target = Target(
        path=f"{INSTANCES}/{instance}",
        project=examples.PROJECT,
        service="memorystore.googleapis.com",
    )
    request = Request(
        principals=frozenset({f"serviceAccount:{who}"}), permission=permission, target=target
    )

    assert evaluate(grants_in(graph), roles_in(graph), request).is_allowed is allowed


def test_the_handle_of_an_instance_names_it() -> None:
    def program() -> None:
        cache = Cache(
            "c",
            examples.MANAGED_CACHE,
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            network=examples.network_ref(),
            connects=True,
            key=examples.key_ref("cache"),
            protected=False,
            opts=examples.with_gcp(),
        )
        for label, ref in cache.refs.items():
            pulumi.export(label, list(ref.rights_name))

    assert record_program(program, stack="gcp-dev").outputs == {
        label: [f"${{c-{label}.name}}"] for label in ("responses", "counters")
    }


def test_a_cache_inside_the_cluster_is_not_iams_to_give() -> None:
    with pytest.raises(CacheAccessError, match="label the namespace of its client"):
        _granted(replace(REF, rights_name=()))


@pytest.mark.parametrize("stack", FOUNDATIONS)
def test_nobody_in_a_stack_has_it_before_there_is_a_client(stack: str) -> None:
    graph = graph_of(stack)

    assert not [
        grant for grant in grants_in(graph) if CONNECT in roles_in(graph).permissions(grant.role)
    ]
