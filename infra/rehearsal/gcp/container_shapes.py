"""A cluster and a node pool as the provider's inputs have them, and as GKE has them.

Source: hashicorp/terraform-provider-google@e03b762, services/container, the expanders and
flatteners of resource_container_cluster.go, resource_container_node_pool.go and node_config.go.
"""

import copy
from collections.abc import Mapping

from infra.rehearsal.cloud.projection import from_api
from infra.rehearsal.cloud.schema import resource_schema
from infra.replies import block, blocks, dig, optional_text
from infra.wire import UNKNOWN, Properties, Value

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
NETWORK = "networkConfig"
DEFAULTS = "nodePoolDefaults.nodeConfigDefaults"
PORT = "insecureKubeletReadonlyPortEnabled"
DATED = "maintenancePolicy.window.recurringWindow"
UNDATED = "maintenancePolicy.window.recurringMaintenanceWindow"
CLUSTER_MOVES = {
    "nodeLocations": "locations",
    "defaultMaxPodsPerNode": "defaultMaxPodsConstraint.maxPodsPerNode",
    "datapathProvider": f"{NETWORK}.datapathProvider",
    "gatewayApiConfig": f"{NETWORK}.gatewayApiConfig",
    "dnsConfig": f"{NETWORK}.dnsConfig",
    "enableL4IlbSubsetting": f"{NETWORK}.enableL4ilbSubsetting",
    "enableShieldedNodes": "shieldedNodes.enabled",
    "enableLegacyAbac": "legacyAbac.enabled",
    "clusterAutoscaling": "autoscaling",
    "autoscaling.enabled": "autoscaling.enableNodeAutoprovisioning",
    "loggingConfig.enableComponents": "loggingConfig.componentConfig.enableComponents",
    "monitoringConfig.enableComponents": "monitoringConfig.componentConfig.enableComponents",
    "monitoringConfig.managedPrometheus": "monitoringConfig.managedPrometheusConfig",
    f"{DEFAULTS}.{PORT}": f"{DEFAULTS}.nodeKubeletConfig.{PORT}",
    "maintenancePolicy.maintenanceExclusions": "maintenancePolicy.window.maintenanceExclusions",
    "maintenancePolicy.recurringMaintenanceWindow": UNDATED,
    "maintenancePolicy.recurringWindow": DATED,
    f"{DATED}.startTime": f"{DATED}.window.startTime",
    f"{DATED}.endTime": f"{DATED}.window.endTime",
}
"""Input to its place in the API, one after the other; backwards to read."""
POOL_MOVES = {
    "nodeLocations": "locations",
    "maxPodsPerNode": "maxPodsConstraint.maxPodsPerNode",
}
RENAME = {
    "nodeConfig.guestAccelerators": "accelerators",
    "nodeConfig.guestAccelerators.type": "acceleratorType",
    "nodeConfig.guestAccelerators.count": "acceleratorCount",
}
POOL_RENAME = {**RENAME, "nodeConfig": "config"}
CLUSTER_READING = {
    **RENAME,
    "masterVersion": "currentMasterVersion",
    "nodeVersion": "currentNodeVersion",
}
SWITCHED_ON = ("masterAuthorizedNetworksConfig", "authenticatorGroupsConfig")
"""Blocks that are on where they stand at all."""
OPTIONS = "maintenanceExclusionOptions"
NOT_SHOWN = frozenset({"name", "resourceLabels", "nodePools", "minMasterVersion"})


def cluster_inputs(inputs: Properties) -> Properties:
    """Return inputs of a cluster where GKE has them."""
    found = _moved(inputs, CLUSTER_MOVES)
    mode = found.pop("networkingMode", None)
    if mode is not None and isinstance(found.get("ipAllocationPolicy", {}), dict):
        policy = block(found, "ipAllocationPolicy")
        found["ipAllocationPolicy"] = {**policy, "useIpAliases": mode == "VPC_NATIVE"}
    if "minMasterVersion" in found:
        found["initialClusterVersion"] = found.pop("minMasterVersion")
    for name in SWITCHED_ON:
        if isinstance(found.get(name), dict):
            found[name] = {**block(found, name), "enabled": True}
    if dig(found, UNDATED) is not None:
        # The provider builds this policy without it (`expandMaintenancePolicy`).
        block(found, "maintenancePolicy").pop("disruptionBudget", None)
    window = block(found, "maintenancePolicy.window")
    if isinstance(window.get("maintenanceExclusions"), list):
        window["maintenanceExclusions"] = {
            optional_text(one, "exclusionName"): _exclusion(one)
            for one in blocks(window, "maintenanceExclusions")
        }
    return _ports(found, {"TRUE": True, "FALSE": False})


def cluster_outputs(api: Properties) -> Properties:
    """Return a cluster as the provider shows it."""
    found = _moved(api, {place: name for name, place in reversed(CLUSTER_MOVES.items())})
    for name in ("network", "subnetwork"):
        found[name] = optional_text(api, f"{NETWORK}.{name}")
    for name in SWITCHED_ON:
        if not block(api, name).get("enabled"):
            found.pop(name, None)
    policy = block(found, "maintenancePolicy")
    exclusions = policy.get("maintenanceExclusions")
    if isinstance(exclusions, dict):
        shown: list[Value] = [_shown_exclusion(name, exclusions) for name in sorted(exclusions)]
        policy["maintenanceExclusions"] = shown
    return {**_shown(CLUSTER, found, CLUSTER_READING), "networkingMode": "VPC_NATIVE"}


def pool_inputs(inputs: Properties) -> Properties:
    """Return inputs of a node pool where GKE has them."""
    found = _moved(inputs, POOL_MOVES)
    if "nodeCount" in found:
        found["initialNodeCount"] = found.pop("nodeCount")
    if isinstance(found.get("autoscaling"), dict):
        found["autoscaling"] = {**block(found, "autoscaling"), "enabled": True}
    return _ports(found, {"TRUE": True, "FALSE": False})


def pool_outputs(api: Properties) -> Properties:
    """Return a node pool as the provider shows it."""
    found = _moved(api, {place: name for name, place in reversed(POOL_MOVES.items())})
    if not block(api, "autoscaling").get("enabled"):
        found.pop("autoscaling", None)
    urls = api.get("instanceGroupUrls")
    managed: list[Value] = [
        str(url).replace("/instanceGroupManagers/", "/instanceGroups/")
        for url in (urls if isinstance(urls, list) else [])
    ]
    found["managedInstanceGroupUrls"] = managed
    return _shown(NODE_POOL, found, POOL_RENAME)


def _shown(pulumi_type: str, api: Properties, reading: Mapping[str, str]) -> Properties:
    schema = resource_schema(pulumi_type).outputs
    wanted = {name: one for name, one in schema.items() if name not in NOT_SHOWN}
    found = from_api(wanted, api, reading)
    return _ports(found, {"true": "TRUE", "false": "FALSE"}) if isinstance(found, dict) else {}


def _exclusion(given: Properties) -> Properties:
    window = {key: given[key] for key in ("startTime", "endTime") if key in given}
    return {**window, OPTIONS: given["exclusionOptions"]} if "exclusionOptions" in given else window


def _shown_exclusion(name: str, exclusions: Properties) -> Properties:
    window = block(exclusions, name)
    shown: Properties = {key: item for key, item in window.items() if key != OPTIONS}
    if OPTIONS in window:
        shown["exclusionOptions"] = window[OPTIONS]
    return {"exclusionName": name, **shown}


def _ports(tree: Properties, spelled: Mapping[str, Value]) -> Properties:
    """The provider says TRUE and FALSE of the kubelet's open port, the API true and false."""
    found: Properties = {}
    for key, item in tree.items():
        if isinstance(item, dict):
            found[key] = _ports(item, spelled)
        elif key == PORT:
            found[key] = spelled.get(str(item), item)
        else:
            found[key] = item
    return found


def _moved(tree: Properties, moves: Mapping[str, str]) -> Properties:
    found = copy.deepcopy(tree)
    for source, target in moves.items():
        value = _taken(found, source)
        if value is not None:
            _put(found, target, value)
    return found


def _taken(tree: Properties, path: str) -> Value:
    *places, name = path.split(".")
    for place in places:
        inner = tree.get(place)
        if not isinstance(inner, dict):
            return None
        tree = inner
    return tree.pop(name, None)


def _put(tree: Properties, path: str, value: Value) -> None:
    *places, name = path.split(".")
    for place in places:
        inner = tree.setdefault(place, {})
        if not isinstance(inner, dict) or inner == UNKNOWN:
            return
        tree = inner
    tree[name] = value
