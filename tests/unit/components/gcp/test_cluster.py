"""The control plane as it is declared: every setting that a review would ask about."""

from dataclasses import replace
from datetime import datetime

import pytest

from components.gcp.cluster import Cluster
from components.gcp.cluster_settings import google_groups
from components.gcp.cluster_upkeep import FIRST_START, maintenance_policy
from infra.catalog.kubernetes_versions import kubernetes_versions
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cluster import ClusterSpec
from infra.spec.environment import Environment
from infra.wire import Properties, Value, plain_properties
from tests.unit.components import examples_gcp as examples

PRIVATE = examples.CLUSTER.model_copy(update={"endpoint_access": ()})


def _cluster(
    spec: ClusterSpec = examples.CLUSTER, environment: Environment = Environment.DEV
) -> Graph:
    return record_program(
        lambda: Cluster(
            "c",
            spec,
            zones=("us-central1-a", "us-central1-b"),
            platform=replace(examples.PLATFORM, environment=environment),
            project=examples.project_ref(),
            network=examples.network_ref(),
            nodes=examples.account_ref(),
            keys=examples.keys_ref(),
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def _settings(
    spec: ClusterSpec = examples.CLUSTER, environment: Environment = Environment.DEV
) -> Properties:
    return plain_properties(_cluster(spec, environment).named("c-control-plane").inputs)


def test_it_is_regional_and_its_pods_have_addresses_of_the_network() -> None:
    settings = _settings()

    assert settings["location"] == "us-central1"
    assert settings["networkingMode"] == "VPC_NATIVE"
    assert settings["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "pods",
        "servicesSecondaryRangeName": "services",
    }
    assert settings["datapathProvider"] == "ADVANCED_DATAPATH"


def test_with_listed_ranges_the_api_server_is_open_to_these_and_the_dns_endpoint_to_nobody() -> (
    None
):
    settings = _settings()

    assert settings["privateClusterConfig"] == {
        "enablePrivateNodes": True,
        "enablePrivateEndpoint": False,
        "masterGlobalAccessConfig": {"enabled": False},
    }
    assert settings["masterAuthorizedNetworksConfig"] == {
        "cidrBlocks": [{"cidrBlock": "203.0.113.0/24", "displayName": "endpointAccess 1"}],
        "gcpPublicCidrsAccessEnabled": False,
        "privateEndpointEnforcementEnabled": True,
    }
    assert _dns_endpoint(settings)["allowExternalTraffic"] is False


def test_without_ranges_there_is_no_public_address_and_iam_decides_at_the_dns_endpoint() -> None:
    graph = _cluster(PRIVATE)
    settings = plain_properties(graph.named("c-control-plane").inputs)

    assert _part(settings, "privateClusterConfig")["enablePrivateEndpoint"] is True
    assert _part(settings, "masterAuthorizedNetworksConfig")["cidrBlocks"] == []
    assert _dns_endpoint(settings)["allowExternalTraffic"] is True
    assert graph.named("c", "tokenworks:gcp:Cluster").outputs["endpoint"] == (
        "https://${c-control-plane.controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint}"
    )


@pytest.mark.parametrize("spec", [examples.CLUSTER, PRIVATE])
def test_the_dns_endpoint_takes_nobody_whom_iam_does_not_know(spec: ClusterSpec) -> None:
    endpoint = _dns_endpoint(_settings(spec))

    assert endpoint["enableK8sTokensViaDns"] is False
    assert endpoint["enableK8sCertsViaDns"] is False


def test_old_ways_in_are_closed() -> None:
    settings = _settings()

    assert settings["enableLegacyAbac"] is False
    assert settings["masterAuth"] == {"clientCertificateConfig": {"issueClientCertificate": False}}
    assert settings["anonymousAuthenticationConfig"] == {"mode": "LIMITED"}
    assert settings["rbacBindingConfig"] == {
        "enableInsecureBindingSystemAuthenticated": False,
        "enableInsecureBindingSystemUnauthenticated": False,
    }


def test_pods_have_identities_and_nodes_are_shielded() -> None:
    settings = _settings()

    assert settings["workloadIdentityConfig"] == {"workloadPool": f"{examples.PROJECT}.svc.id.goog"}
    assert settings["enableShieldedNodes"] is True


def test_secrets_are_encrypted_with_the_platforms_key() -> None:
    encryption = _part(_settings(), "databaseEncryption")

    assert encryption["state"] == "ENCRYPTED"
    assert str(encryption["keyName"]).endswith("/cryptoKeys/secrets")


def test_the_version_is_a_floor_in_the_regular_channel() -> None:
    settings = _settings()

    assert settings["releaseChannel"] == {"channel": "REGULAR"}
    assert settings["minMasterVersion"] == "1.35"
    assert "nodeVersion" not in settings


def test_upgrades_come_at_weekends_six_hours_long() -> None:
    policy = _part(_settings(), "maintenancePolicy")

    assert policy["recurringWindow"] == {
        "startTime": "2026-01-03T04:00:00Z",
        "endTime": "2026-01-03T10:00:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
    }
    assert datetime.fromisoformat(FIRST_START).strftime("%a") == "Sat"
    assert "maintenanceExclusions" not in policy


def test_the_pause_between_upgrades_is_in_a_policy_that_the_provider_sends_whole() -> None:
    policy = _part(_settings(), "maintenancePolicy")

    assert policy["disruptionBudget"] == {
        "patchVersionDisruptionInterval": "604800s",
        "minorVersionDisruptionInterval": "2592000s",
    }
    assert "recurringMaintenanceWindow" not in policy, "the provider drops the budget beside it"


def test_production_gets_no_new_minor_version_that_nobody_asked_for() -> None:
    (exclusion,) = _list(
        _part(_settings(environment=Environment.PROD), "maintenancePolicy"),
        "maintenanceExclusions",
    )

    assert isinstance(exclusion, dict)
    assert exclusion["exclusionOptions"] == {
        "scope": "NO_MINOR_UPGRADES",
        "endTimeBehavior": "UNTIL_END_OF_SUPPORT",
    }
    assert "endTime" not in exclusion, "Google ends it with the support of the version"


@pytest.mark.parametrize("version", [item.minor for item in kubernetes_versions("gcp")])
def test_every_allowed_version_has_a_date_from_which_it_is_held(version: str) -> None:
    assert maintenance_policy(Environment.PROD, version)


def test_it_has_no_node_pool_of_its_own_and_its_first_nodes_are_not_the_projects_editor() -> None:
    cluster = _cluster().named("c-control-plane")
    nodes = _part(plain_properties(cluster.inputs), "nodeConfig")

    assert cluster.inputs["removeDefaultNodePool"] is True
    assert cluster.inputs["initialNodeCount"] == 1
    assert nodes["serviceAccount"] == f"nodes@{examples.PROJECT}.iam.gserviceaccount.com"
    assert str(nodes["bootDiskKmsKey"]).endswith("/cryptoKeys/disks")
    # The API answers with another pool's settings once this one is gone.
    assert set(cluster.ignore_changes) == {"nodeConfig", "initialNodeCount"}


def test_we_bring_the_gateways_crds_and_google_does_not() -> None:
    assert _settings()["gatewayApiConfig"] == {"channel": "CHANNEL_DISABLED"}


def test_buckets_disks_balancers_and_names_work_without_software_of_ours() -> None:
    settings = _settings()

    assert settings["addonsConfig"] == {
        "gcsFuseCsiDriverConfig": {"enabled": True},
        "gcePersistentDiskCsiDriverConfig": {"enabled": True},
        "httpLoadBalancing": {"disabled": False},
        "horizontalPodAutoscaling": {"disabled": False},
        "dnsCacheConfig": {"enabled": True},
    }
    assert _part(settings, "dnsConfig")["clusterDns"] == "CLOUD_DNS"


def test_the_control_plane_is_logged_and_what_pods_print_is_not() -> None:
    assert _part(_settings(), "loggingConfig")["enableComponents"] == [
        *("SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER")
    ]


def test_google_neither_profiles_gpus_nor_collects_what_our_own_software_does() -> None:
    monitoring = _part(_settings(), "monitoringConfig")

    assert monitoring["enableComponents"] == ["SYSTEM_COMPONENTS"]
    assert monitoring["managedPrometheus"] == {"enabled": False}


def test_costs_are_told_apart_and_workloads_looked_at() -> None:
    settings = _settings()

    assert settings["costManagementConfig"] == {"enabled": True}
    assert _part(settings, "securityPostureConfig")["mode"] == "BASIC"
    assert settings["enableL4IlbSubsetting"] is True


def test_google_makes_no_pools_and_nobodys_kubelet_is_readable() -> None:
    settings = _settings()
    kubelet = {"insecureKubeletReadonlyPortEnabled": "FALSE"}

    assert _part(settings, "clusterAutoscaling")["enabled"] is False
    assert settings["nodePoolAutoConfig"] == {"nodeKubeletConfig": kubelet}
    assert _part(settings, "nodePoolDefaults", "nodeConfigDefaults").items() >= kubelet.items()


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cluster_refuses_deletion_and_replacement(*, protected: bool) -> None:
    spec = examples.CLUSTER.model_copy(update={"deletion_protection": protected})
    cluster = _cluster(spec).named("c-control-plane")

    assert cluster.inputs["deletionProtection"] is protected
    assert bool(cluster.protect) is protected


def test_groups_are_looked_up_only_where_a_stack_names_one() -> None:
    spec = examples.CLUSTER.model_copy(update={"admins": ("group:sre@example.com",)})

    assert _settings(spec)["authenticatorGroupsConfig"] == {
        "securityGroup": "gke-security-groups@example.com"
    }
    assert "authenticatorGroupsConfig" not in _settings()


def test_groups_of_two_domains_are_refused() -> None:
    with pytest.raises(ValueError, match=r"several domains, got a\.org, b\.org"):
        google_groups(("group:x@b.org", "group:y@a.org"))


def _dns_endpoint(settings: Properties) -> Properties:
    return _part(settings, "controlPlaneEndpointsConfig", "dnsEndpointConfig")


def _part(properties: Properties, *names: str) -> Properties:
    found: Value = properties
    for name in names:
        assert isinstance(found, dict)
        found = found[name]
    assert isinstance(found, dict)
    return found


def _list(properties: Properties, name: str) -> list[Value]:
    found = properties[name]
    assert isinstance(found, list)
    return found
