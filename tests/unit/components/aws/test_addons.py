"""EKS add-ons as they are declared."""

import json

import pytest

from components.aws.addons import AFTER_SYSTEM_NODES, BEFORE_NODES, ClusterAddons, NodeAddons
from infra.catalog import releases
from infra.graph.model import Graph, Resource
from infra.graph.recorder import record_program
from infra.wire import Properties, Value
from tests.unit.components import examples

CONTAINERS_WITH_REQUESTS = {
    "vpc-cni": ("resources",),
    "kube-proxy": ("resources",),
    "coredns": ("resources",),
    "aws-ebs-csi-driver": ("controller.resources", "node.resources"),
    "eks-node-monitoring-agent": ("nodeAgent.resources", "dcgmAgent.resources"),
}
"""Paths of the add-ons' own schemas, as far as these are public."""


def _addons() -> Graph:
    def program() -> None:
        opts = examples.with_aws()
        for kind, name in ((NodeAddons, "n"), (ClusterAddons, "c")):
            kind(
                name,
                cluster_name=examples.cluster_name(),
                platform=examples.PLATFORM,
                account=examples.account_ref(),
                opts=opts,
            )

    return record_program(program, stack="aws-dev")


def _addon(name: str) -> Resource:
    return next(item for item in _addons().of_type("Addon") if item.inputs["addonName"] == name)


def _settings(name: str) -> Properties:
    settings = json.loads(str(_addon(name).inputs["configurationValues"]))
    assert isinstance(settings, dict)
    return settings


def test_networking_and_identity_come_before_nodes_and_what_needs_nodes_after() -> None:
    assert [plan.name for plan in BEFORE_NODES] == [
        *("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
    ]
    assert [plan.name for plan in AFTER_SYSTEM_NODES] == [
        *("coredns", "aws-ebs-csi-driver", "metrics-server", "eks-node-monitoring-agent")
    ]


def test_network_policies_are_enforced() -> None:
    # A string: the add-on refuses a boolean.
    assert _settings("vpc-cni")["enableNetworkPolicy"] == "true"


@pytest.mark.parametrize(
    ("name", "account", "policy"),
    [
        ("vpc-cni", "aws-node", "AmazonEKS_CNI_Policy"),
        ("aws-ebs-csi-driver", "ebs-csi-controller-sa", "AmazonEBSCSIDriverPolicyV2"),
    ],
)
def test_an_addon_with_rights_has_a_role_of_its_own(name: str, account: str, policy: str) -> None:
    graph, addon = _addons(), _addon(name)
    role = graph.named(addon.name, "Role")
    attached = graph.named(f"{addon.name}-{policy}")
    trust = json.loads(str(role.inputs["assumeRolePolicy"]))["Statement"][0]
    associations = addon.inputs["podIdentityAssociations"]
    assert isinstance(associations, list)
    (association,) = associations
    assert isinstance(association, dict)

    assert association["serviceAccount"] == account
    assert role.urn in addon.dependencies
    assert attached.urn in addon.dependencies
    assert (
        trust["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == account
    )


def test_no_other_addon_may_do_anything_in_the_cloud() -> None:
    with_role = [
        item.inputs["addonName"]
        for item in _addons().of_type("Addon")
        if "podIdentityAssociations" in item.inputs or "serviceAccountRoleArn" in item.inputs
    ]

    assert with_role == ["vpc-cni", "aws-ebs-csi-driver"]


def test_dns_runs_on_system_nodes_and_is_spread_over_zones() -> None:
    settings = _settings("coredns")
    constraints = settings["topologySpreadConstraints"]
    assert isinstance(constraints, list)
    (spread,) = constraints
    assert isinstance(spread, dict)

    assert settings["replicaCount"] == 2
    assert settings["nodeSelector"] == {"tokenworks.dev/pool": "system"}
    assert spread["topologyKey"] == "topology.kubernetes.io/zone"
    assert spread["whenUnsatisfiable"] == "ScheduleAnyway"


def test_a_broken_gpu_is_noticed_on_tainted_nodes_too() -> None:
    dcgm = _settings("eks-node-monitoring-agent")["dcgmAgent"]

    assert isinstance(dcgm, dict)
    assert dcgm["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, paths in CONTAINERS_WITH_REQUESTS.items() for path in paths],
)
def test_containers_reserve_what_they_use_and_are_never_throttled(name: str, path: str) -> None:
    settings: Value = _settings(name)
    for part in path.split("."):
        assert isinstance(settings, dict)
        settings = settings[part]
    assert isinstance(settings, dict)
    requests, limits = settings["requests"], settings.get("limits", {})
    assert isinstance(requests, dict)
    assert isinstance(limits, dict)

    assert set(requests) == {"cpu", "memory"}
    assert "cpu" not in limits


def test_versions_are_those_of_the_lock_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "addonVersion" not in _addon("coredns").inputs  # not resolved: EKS takes its default

    resolved = releases.addon("coredns").model_copy(update={"version": "v1.13.0-eksbuild.1"})
    monkeypatch.setattr(releases, "addon", lambda _name: resolved)

    assert _addon("coredns").inputs["addonVersion"] == "v1.13.0-eksbuild.1"


def test_a_failed_create_can_be_tried_again_and_emergency_settings_survive_upgrades() -> None:
    for item in _addons().of_type("Addon"):
        assert item.inputs["resolveConflictsOnCreate"] == "OVERWRITE"
        assert item.inputs["resolveConflictsOnUpdate"] == "PRESERVE"
