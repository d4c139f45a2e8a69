"""The stand-in under the real engine: a program with the SDK's own classes."""

import textwrap
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.ladder import Programs
from tests.support.standin import kubeconfig, wait_for

pytestmark = pytest.mark.real

PROGRAM = """
import pulumi
import pulumi_kubernetes as k8s

config = pulumi.Config()
cluster = k8s.Provider(
    "cluster", kubeconfig=config.require_secret("kubeconfig"), cluster_identifier="it"
)
to = pulumi.ResourceOptions(provider=cluster)
space = k8s.core.v1.Namespace(
    "space", metadata={"name": config.require("namespace")}, opts=to
)
inside = space.metadata.name
settings = k8s.core.v1.ConfigMap(
    "settings", metadata={"namespace": inside}, data={"level": config.require("level")}, opts=to
)
keys = k8s.core.v1.Secret(
    "keys",
    metadata={"name": "keys", "namespace": inside},
    string_data={"token": pulumi.Output.secret("marker-secret")},
    opts=to,
)
labels = {"app": "server"}
server = k8s.apps.v1.Deployment(
    "server",
    metadata={"name": "server", "namespace": inside},
    spec={
        "replicas": config.require_int("replicas"),
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "node_selector": {"tokenworks.dev/pool": config.require("pool")},
                "containers": [
                    {
                        "name": "main",
                        "image": "server:1",
                        "env_from": [{"config_map_ref": {"name": settings.metadata.name}}],
                        "resources": {"requests": {"cpu": "1000m", "memory": "1Gi"}},
                    }
                ],
            },
        },
    },
    opts=to,
)
service = k8s.core.v1.Service(
    "server",
    metadata={"name": "server", "namespace": inside},
    spec={"selector": labels, "ports": [{"port": 8000}]},
    opts=to,
)
route = k8s.apiextensions.CustomResource(
    "policy",
    api_version="networking.k8s.io/v1",
    kind="NetworkPolicy",
    metadata={"name": "server", "namespace": inside},
    spec={"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress"]},
    opts=to,
)
pulumi.export("address", service.spec.cluster_ip)
"""


class Stack:
    """A project of one program and one stack."""

    def __init__(self, root: Path, programs: Programs, values: dict[str, str]) -> None:
        self.root = root
        self.values = values
        (root / "stacks").mkdir(parents=True)
        (root / "__main__.py").write_text(textwrap.dedent(PROGRAM))
        project = {
            "name": "standin-project",
            "runtime": "python",
            "stackConfigDir": "stacks",
            "config": {"pulumi:disable-default-providers": {"value": ["kubernetes"]}},
        }
        (root / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self.engine = EngineSession(
            programs.path("pulumi"),
            root,
            root / ".rehearsal" / "engine",
            debug_providers={},
            credentials={},
        )

    def configure(self, **values: str) -> None:
        self.values |= values
        config = {f"standin-project:{key}": value for key, value in self.values.items()}
        path = self.root / "stacks" / "Pulumi.dev.yaml"
        path.write_text(yaml.safe_dump({"config": config}))
        self.engine.init_stack("dev")

    def plan(self) -> dict[str, tuple[str, ...]]:
        """Preview, and return what would change in which resource, without what is the same."""
        result = self.engine.preview("dev")
        assert result.ok, result.errors
        plan: dict[str, tuple[str, ...]] = {}
        for step in result.steps:  # a replacement is several
            if step.op != "same":
                plan[step.name] = plan.get(step.name, ()) + step.changed
        return plan


@pytest.fixture
def stack(
    tmp_path: Path, programs: Programs, control_plane: ControlPlane, node: str
) -> Iterator[Stack]:
    values = {
        "kubeconfig": kubeconfig(control_plane),
        "namespace": f"standin-{uuid.uuid4().hex[:8]}",
        "level": "info",
        "replicas": "1",
        "pool": node,
    }
    made = Stack(tmp_path / "project", programs, values)
    made.configure()
    yield made
    made.engine.destroy("dev")


def test_a_program_comes_up_shows_exactly_its_changes_and_leaves_nothing(
    stack: Stack, api: ApiClient
) -> None:
    namespace = stack.values["namespace"]
    assert {"space", "settings", "keys", "server", "policy"} <= stack.plan().keys()

    up = stack.engine.up("dev")
    assert up.ok, up.errors
    assert stack.plan() == {}
    assert "marker-secret" not in str(stack.engine.export("dev"))

    refreshed = stack.engine.refresh("dev")
    assert refreshed.ok, refreshed.errors
    assert stack.plan() == {}

    stack.configure(replicas="2")
    assert stack.plan() == {"server": ("spec.replicas",)}
    assert stack.engine.up("dev").ok
    live = api.get("apps/v1", "Deployment", "server", namespace)
    assert live["status"]["availableReplicas"] == 2

    stack.configure(level="debug")
    plan = stack.plan()
    assert "data.level" in plan["settings"]
    assert plan.keys() == {"settings", "server"}
    changed = stack.engine.up("dev")
    assert changed.ok, changed.errors
    names = [item["metadata"]["name"] for item in api.list_objects("v1", "ConfigMap", namespace)]
    assert len([name for name in names if name.startswith("settings-")]) == 1

    destroyed = stack.engine.destroy("dev")
    assert destroyed.ok, destroyed.errors
    assert api.find("v1", "Namespace", namespace) is None


def test_a_refresh_finds_what_was_deleted_and_whose_hand_changed_the_rest(
    stack: Stack, api: ApiClient
) -> None:
    namespace = stack.values["namespace"]
    assert stack.engine.up("dev").ok
    api.delete("networking.k8s.io/v1", "NetworkPolicy", "server", namespace)

    assert stack.engine.refresh("dev").ok
    assert stack.plan().keys() == {"policy"}

    path = api.object_path("apps/v1", "Deployment", "server", namespace)
    patch = {"spec": {"replicas": 0}}
    api.request(
        "PATCH", path, patch, content_type="application/merge-patch+json", fieldManager="a-hand"
    )
    wait_for(lambda: "replicas" not in api.request("GET", path)["status"])
    assert stack.engine.refresh("dev").ok
    preview = stack.engine.preview("dev")
    assert any('conflict with "a-hand"' in error for error in preview.errors), preview.errors
