"""EKS add-ons of the simulated AWS: what they put into the cluster, and what EKS refuses."""

import json

import pytest

from components.aws.addons import AFTER_SYSTEM_NODES, BEFORE_NODES, AddonPlan
from infra.rehearsal.aws.addon_versions import VERSIONS, versions_for
from infra.replies import text
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import ADDON, NODES, Network, Scene
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError, urn


@pytest.fixture
def cluster(scene: Scene, network: Network) -> str:
    """A cluster without self-managed add-ons."""
    return str(scene.cluster(network, bootstrapSelfManagedAddons=False)["name"])


def _pod(scene: Scene, kind: str, name: str) -> dict:
    return scene.api.objects[kind, name]["spec"]["template"]["spec"]


def _containers(scene: Scene, kind: str, name: str) -> dict[str, dict]:
    return {item["name"]: item["resources"] for item in _pod(scene, kind, name)["containers"]}


def _addon(
    scene: Scene, cluster: str, name: str, settings: Properties | None = None, **inputs: Value
) -> Made:
    given: Properties = {} if settings is None else {"configurationValues": json.dumps(settings)}
    return scene.make(ADDON, clusterName=cluster, addonName=name, **given, **inputs)


def test_nodes_without_the_network_add_on_never_become_healthy(
    scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network, bootstrapSelfManagedAddons=False)
    sizes: Properties = {"minSize": 1, "desiredSize": 1, "maxSize": 1}
    inputs = scene.node_group_inputs(cluster, network)
    inputs |= {"scalingConfig": sizes, "nodeGroupName": "first"}
    with pytest.raises(PartlyError, match="Unhealthy nodes in the kubernetes cluster") as caught:
        scene.make(NODES, **inputs)
    scene.engine.delete(Made(urn(NODES, "thing"), caught.value.physical_id, {}, {}))

    _addon(scene, str(cluster["name"]), "vpc-cni")
    scene.api.ready["first"] = 1
    assert scene.make(NODES, **inputs)["status"] == "ACTIVE"


@pytest.mark.parametrize("plan", [*BEFORE_NODES, *AFTER_SYSTEM_NODES], ids=lambda plan: plan.name)
def test_an_add_on_of_the_platform_comes_up_with_its_settings_and_leaves_nothing(
    scene: Scene, cluster: str, plan: AddonPlan
) -> None:
    inputs: Properties = {}
    if plan.service_account:
        role = scene.pod_role()["arn"]
        inputs["podIdentityAssociations"] = [
            {"roleArn": role, "serviceAccount": plan.service_account}
        ]
    if plan.settings:
        inputs["configurationValues"] = json.dumps(plan.settings)

    addon = scene.make(ADDON, clusterName=cluster, addonName=plan.name, **inputs)

    assert addon.physical_id == f"{cluster}:{plan.name}"
    assert addon["addonVersion"] == versions_for(plan.name, "1.35")[0]
    assert {name: addon[name] for name in inputs} == inputs
    assert scene.engine.read(addon) == addon
    assert [kind for kind, _name in scene.api.objects if kind in ("DaemonSet", "Deployment")]
    scene.drop(addon)
    assert scene.api.objects == {}


def test_resources_replicas_and_selectors_reach_the_pods(scene: Scene, cluster: str) -> None:
    small: Properties = {"requests": {"cpu": "7m"}}
    selector: Properties = {"pool": "system"}

    _addon(scene, cluster, "vpc-cni", settings={"resources": small})
    _addon(
        scene,
        cluster,
        "coredns",
        settings={"replicaCount": 5, "nodeSelector": selector, "resources": small},
    )
    _addon(
        scene,
        cluster,
        "aws-ebs-csi-driver",
        settings={"controller": {"resources": small}, "node": {"nodeSelector": selector}},
    )

    agent = _containers(scene, "DaemonSet", "aws-node")
    assert agent == {"aws-node": small, "aws-eks-nodeagent": {"requests": {"cpu": "25m"}}}
    assert scene.api.objects["Deployment", "coredns"]["spec"]["replicas"] == 5
    assert _pod(scene, "Deployment", "coredns")["nodeSelector"] == selector
    sidecars = _containers(scene, "Deployment", "ebs-csi-controller")
    assert len(sidecars) == 6
    assert all(resources == small for resources in sidecars.values())
    assert _pod(scene, "DaemonSet", "ebs-csi-node")["nodeSelector"] == selector
    assert _containers(scene, "DaemonSet", "ebs-csi-node")["ebs-plugin"]["requests"] == {
        "cpu": "10m",
        "memory": "40Mi",
    }


def test_the_gpu_agent_of_node_monitoring_waits_for_gpu_machines_and_can_be_left_out(
    scene: Scene, cluster: str
) -> None:
    addon = _addon(scene, cluster, "eks-node-monitoring-agent")
    affinity = _pod(scene, "DaemonSet", "dcgm-server")["affinity"]["nodeAffinity"]
    (term,) = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    (expression,) = term["matchExpressions"]
    assert {"g6e.12xlarge", "p5.48xlarge"} <= set(expression["values"])
    assert "m6i.large" not in expression["values"]

    scene.engine.update(addon, configurationValues='{"dcgmAgent": {"enabled": false}}')

    assert ("DaemonSet", "dcgm-server") not in scene.api.objects
    assert ("DaemonSet", "eks-node-monitoring-agent") in scene.api.objects


def test_an_add_on_whose_pods_find_no_node_is_degraded_and_creation_waits(
    scene: Scene, cluster: str, simulation: Simulation
) -> None:
    scene.api.waiting.add("coredns")

    with pytest.raises(PartlyError) as caught:
        scene.make(ADDON, clusterName=cluster, addonName="coredns")

    assert str(caught.value) == (
        f"EKS Add-On {cluster}:coredns is DEGRADED after 1 s: InsufficientNumberOfReplicas: The "
        "add-on is unhealthy because it doesn't have the desired number of replicas. [coredns]"
    )
    assert caught.value.physical_id == f"{cluster}:coredns"
    scene.api.waiting.clear()
    region = simulation.cloud.account.region("us-east-1")
    described = region.call("eks", "describe_addon", clusterName=cluster, addonName="coredns")
    assert text(described, "addon.status") == "ACTIVE"
    region.call("eks", "delete_addon", clusterName=cluster, addonName="coredns")


def test_an_add_on_changes_version_settings_and_roles_in_place(scene: Scene, cluster: str) -> None:
    roles = [scene.pod_role()["arn"], scene.pod_role()["arn"]]
    association: list[Properties] = [
        {"roleArn": role, "serviceAccount": "aws-node"} for role in roles
    ]
    addon = scene.make(
        ADDON,
        clusterName=cluster,
        addonName="vpc-cni",
        podIdentityAssociations=[association[0]],
        tags={"a": "b"},
    )
    older = VERSIONS["vpc-cni"][-1].version
    assert list(scene.engine.diff(addon, addonVersion=older).replaces) == []
    assert list(scene.engine.diff(addon, addonName="coredns").replaces) == ["addonName"]

    changed = scene.engine.update(
        addon,
        addonVersion=older,
        configurationValues='{"enableNetworkPolicy": "true"}',
        podIdentityAssociations=[association[1]],
        tags={"c": "d"},
    )

    assert changed["addonVersion"] == older
    assert changed["podIdentityAssociations"] == [association[1]]
    assert changed["tagsAll"] == {"c": "d"}
    image = _pod(scene, "DaemonSet", "aws-node")["containers"][0]["image"]
    assert image.endswith(f"/aws-node:{older}")
    again = scene.engine.update(changed, podIdentityAssociations=None, configurationValues=None)
    assert "podIdentityAssociations" not in again.outputs
    assert "configurationValues" not in again.outputs


def test_what_an_add_on_brings_is_its_own_and_seen_when_it_is_left(
    scene: Scene, cluster: str, simulation: Simulation
) -> None:
    role = scene.pod_role()["arn"]
    wanted: Properties = {"roleArn": role, "serviceAccount": "aws-node"}
    addon = scene.make(
        ADDON, clusterName=cluster, addonName="vpc-cni", podIdentityAssociations=[wanted]
    )

    found = {(item["kind"], item["name"]) for item in simulation.report("/inventory")}
    assert {("add-on", "vpc-cni"), ("Pod Identity association", "kube-system/aws-node")} <= found
    region = simulation.cloud.account.region("us-east-1")
    reply = region.call("eks", "list_pod_identity_associations", clusterName=cluster)
    assert text(reply, "associations.0.ownerArn") == addon["arn"]
    assert region.call("eks", "list_addons", clusterName=cluster)["addons"] == ["vpc-cni"]
    scene.drop(addon)
    kinds = {item["kind"] for item in simulation.report("/inventory")}
    assert kinds.isdisjoint({"add-on", "Pod Identity association"})


def test_a_preserved_add_on_leaves_its_objects_and_the_cluster_takes_them_along(
    scene: Scene, cluster: str
) -> None:
    addon = _addon(scene, cluster, "kube-proxy", preserve=True)

    scene.drop(addon)

    assert ("DaemonSet", "kube-proxy") in scene.api.objects
    scene.api.objects.clear()


def test_an_add_on_takes_over_from_the_self_managed_one(scene: Scene, network: Network) -> None:
    cluster = str(scene.cluster(network)["name"])
    before = _pod(scene, "Deployment", "coredns")
    scene.api.edited.add(("Deployment", "coredns"))

    with pytest.raises(PartlyError) as caught:
        scene.make(ADDON, clusterName=cluster, addonName="coredns")
    assert "unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'" in str(caught.value)
    assert "ConfigurationConflict: Conflicts found when trying to apply." in str(caught.value)
    failed = Made(urn(ADDON, "thing"), caught.value.physical_id, {}, caught.value.outputs)
    scene.engine.delete(failed)

    _addon(scene, cluster, "coredns", resolveConflictsOnCreate="OVERWRITE")

    after = _pod(scene, "Deployment", "coredns")
    assert [item["resources"] for item in after["containers"]] == [
        item["resources"] for item in before["containers"]
    ]


def test_an_update_that_preserves_leaves_what_somebody_changed(scene: Scene, cluster: str) -> None:
    addon = _addon(scene, cluster, "coredns", resolveConflictsOnUpdate="PRESERVE")
    scene.api.edited.add(("Deployment", "coredns"))

    scene.engine.update(addon, configurationValues='{"replicaCount": 3}')

    assert scene.api.objects["Deployment", "coredns"]["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            {"addonName": "istio"},
            r"^CreateAddon: InvalidParameterException: Addon specified is not supported: istio",
        ),
        (
            {"addonVersion": "v9.9.9-eksbuild.1"},
            (
                "^CreateAddon: InvalidParameterException: Addon version specified is not "
                r"supported: coredns v9\.9\.9-eksbuild\.1 on Kubernetes 1\.35"
            ),
        ),
        (
            {"addonVersion": "v1.14.3-eksbuild.23"},
            "Addon version specified is not supported: .* on Kubernetes 1.35",
        ),
        (
            {"resolveConflictsOnCreate": "PRESERVE"},
            (
                "^CreateAddon: InvalidParameterException: Resolve conflicts option preserve is not "
                "supported for operation CreateAddon"
            ),
        ),
        (
            {"configurationValues": '{"replicaCount": "2"}'},
            (
                "^CreateAddon: InvalidParameterException: ConfigurationValue provided in "
                r"request is not supported: .*\[\$\.replicaCount: string found, integer expected\]"
            ),
        ),
        ({"configurationValues": "null"}, r"\[\$: null found, object expected\]"),
        (
            {"configurationValues": '{"replicas": 2, "autoScaling": {"enabled": true}}'},
            "^not simulated: configurationValues of add-on coredns: replicas, autoScaling; played",
        ),
        ({"configurationValues": "replicaCount: 2"}, "^not simulated: .* that are not JSON"),
        ({"clusterName": "none"}, "^CreateAddon: ResourceNotFoundException: No cluster found"),
        ({"serviceAccountRoleArn": "arn:aws:iam::1:role/x"}, "^not simulated: .*; use podIdentity"),
        (
            {"podIdentityAssociations": [{"roleArn": "arn", "serviceAccount": "coredns"}]},
            "^not simulated: add-on coredns with a role for service account coredns",
        ),
    ],
    ids=[
        *("name", "version", "version of another cluster", "preserve", "type", "null"),
        *("unknown settings", "yaml", "cluster", "irsa", "role without use"),
    ],
)
def test_an_add_on_that_eks_would_not_take_is_refused(
    scene: Scene, cluster: str, inputs: Properties, message: str
) -> None:
    defaults: Properties = {"clusterName": cluster, "addonName": "coredns"}
    with pytest.raises(RefusedError, match=message):
        scene.make(ADDON, **defaults | inputs)
    assert scene.api.objects == {}


def test_a_second_add_on_of_a_name_is_refused(scene: Scene, cluster: str) -> None:
    _addon(scene, cluster, "kube-proxy")

    with pytest.raises(
        RefusedError, match=r"^CreateAddon: ResourceInUseException: Addon already exists\.$"
    ):
        scene.make(ADDON, clusterName=cluster, addonName="kube-proxy")


def test_a_role_that_pods_cannot_take_on_leaves_no_add_on(scene: Scene, cluster: str) -> None:
    wanted: Properties = {"roleArn": scene.role()["arn"], "serviceAccount": "aws-node"}

    with pytest.raises(
        RefusedError, match=r"^CreateAddon: InvalidParameterException: Trust policy of the role"
    ):
        scene.make(
            ADDON, clusterName=cluster, addonName="vpc-cni", podIdentityAssociations=[wanted]
        )
    assert scene.api.objects == {}


def test_versions_are_listed_with_their_clusters_and_one_default_each(
    simulation: Simulation,
) -> None:
    region = simulation.cloud.account.region("us-east-1")

    found = region.call(
        "eks", "describe_addon_versions", addonName="coredns", kubernetesVersion="1.35"
    )["addons"]

    assert found == [
        {
            "addonName": "coredns",
            "owner": "aws",
            "publisher": "eks",
            "addonVersions": [
                {
                    "addonVersion": version,
                    "compatibilities": [
                        {
                            "clusterVersion": "1.35",
                            "platformVersions": ["*"],
                            "defaultVersion": first,
                        }
                    ],
                }
                for version, first in (("v1.14.3-eksbuild.3", True), ("v1.14.2-eksbuild.4", False))
            ],
        }
    ]
