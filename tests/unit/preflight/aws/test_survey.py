"""An account as a whole: each question, each refusal, and what stands in the table then."""

from collections.abc import Mapping

import pytest
from moto import mock_aws

from infra.catalog import releases
from infra.preflight.aws import machines
from infra.preflight.aws.catalogue import QUOTAS
from infra.preflight.aws.permissions import SAMPLE
from infra.preflight.aws.survey import survey
from infra.preflight.run import judge
from infra.preflight.verdict import PreflightError, Row, Verdict
from infra.spec.files import load_stack_file
from infra.spec.pools import ReservationKind, ReservationSpec
from infra.spec.stack import StackSpec
from infra.wire import Value
from tests.support.aws_answers import ACCOUNT, ENOUGH, ROLE, TYPES, ZONES
from tests.support.stubbed_aws import Answer, StubbedAccount

PROD = load_stack_file("aws-prod")


def rows_of(spec: StackSpec = PROD, **answers: Answer) -> dict[str, Row]:
    """Return the rows of an account that has enough, but for these answers, by what they say."""
    found = survey(StubbedAccount({**ENOUGH, **answers}), spec)
    return {row.what: row for row in found.rows}


def exit_code(rows: Mapping[str, Row]) -> int:
    found = survey(StubbedAccount(ENOUGH), PROD)
    return judge(PROD, found.facts, list(rows.values())).exit_code


def test_an_account_with_enough_of_all_is_ready() -> None:
    rows = rows_of()

    others = {row.verdict for row in rows.values() if row.about != "capacity"}
    assert others == {Verdict.ENOUGH}
    assert exit_code(rows) == 0
    addons = {f"add-on {name}" for name in releases.addon_names()}
    assert {"Kubernetes", "to bring it up", *TYPES, *addons} <= rows.keys()


def test_the_policies_of_a_session_are_those_of_its_role() -> None:
    account = StubbedAccount(ENOUGH)

    survey(account, PROD)

    asked = [given for operation, given in account.calls if operation == "SimulatePrincipalPolicy"]
    assert {given["PolicySourceArn"] for given in asked} == {ROLE}


def test_facts_for_a_file_come_with_the_answers() -> None:
    facts = survey(StubbedAccount(ENOUGH), PROD).facts

    assert facts.name == f"account {ACCOUNT}"
    assert set(facts.quotas) == set(QUOTAS)
    assert facts.offerings["p5.48xlarge"] == ZONES[:2]
    assert facts.addon_versions["vpc-cni"] == ("v1.0.0-eksbuild.1", "v1.1.0-eksbuild.1")


DENIED = {
    "GetServiceQuota": ("UnauthorizedAccess", "servicequotas:GetServiceQuota"),
    "DescribeAvailabilityZones": ("UnauthorizedOperation", "ec2:DescribeAvailabilityZones"),
    "DescribeInstanceTypeOfferings": ("UnauthorizedOperation", "ec2:DescribeInstanceTypeOfferings"),
    "GetSpotPlacementScores": ("UnauthorizedOperation", "ec2:GetSpotPlacementScores"),
    "DescribeCapacityBlockOfferings": (
        "UnauthorizedOperation",
        "ec2:DescribeCapacityBlockOfferings",
    ),
    "DescribeClusterVersions": ("AccessDeniedException", "eks:DescribeClusterVersions"),
    "DescribeAddonVersions": ("AccessDeniedException", "eks:DescribeAddonVersions"),
    "GetParameter": ("AccessDeniedException", "ssm:GetParameter"),
    "GetCallerIdentity": ("AccessDenied", "sts:GetCallerIdentity"),
    "GetRole": ("AccessDenied", "iam:GetRole"),
    "SimulatePrincipalPolicy": ("AccessDenied", "iam:SimulatePrincipalPolicy"),
}


@pytest.mark.parametrize("operation", DENIED)
def test_a_denied_call_names_its_permission_and_the_rest_is_asked(operation: str) -> None:
    code, permission = DENIED[operation]

    rows = rows_of(PROD, **{operation: code})

    unknown = [row for row in rows.values() if row.verdict is Verdict.UNKNOWN]
    assert unknown
    assert all(f"lacks {permission}" in " ".join(row.steps) for row in unknown)
    assert rows.keys() == rows_of().keys()
    assert exit_code(rows) == 3


def test_every_question_has_a_test_of_its_refusal() -> None:
    assert DENIED.keys() == ENOUGH.keys()


def test_without_credentials_nothing_is_said() -> None:
    with pytest.raises(PreflightError, match="ExpiredToken"):
        survey(StubbedAccount({**ENOUGH, "GetCallerIdentity": "ExpiredToken"}), PROD)


def test_a_small_quota_is_short_with_code_value_console_and_command() -> None:
    row = rows_of(GetServiceQuota={"Quota": {"Value": 0.0}})[
        "L-417A185B Running On-Demand P instances"
    ]

    assert (row.need, row.have, row.verdict) == ("384 vCPU", "0", Verdict.SHORT)
    told = "\n".join(row.steps)
    assert "L-417A185B = 384" in told
    assert (
        "https://us-east-1.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/" in told
    )
    assert "request-service-quota-increase --region us-east-1" in told
    assert "--quota-code L-417A185B --desired-value 384" in told


def test_a_quota_without_a_number_is_unknown() -> None:
    rows = rows_of(GetServiceQuota={"Quota": {}})

    quotas = [row for row in rows.values() if row.about == "quota"]
    assert {row.verdict for row in quotas} == {Verdict.UNKNOWN}
    assert all("get-service-quota" in row.steps[-1] for row in quotas)


@pytest.mark.parametrize("sold_in", [[], ["us-east-1d"]])
def test_a_machine_that_no_zone_of_the_network_sells_is_short(sold_in: list[str]) -> None:
    others = [{"InstanceType": kind, "Location": ZONES[0]} for kind in TYPES[:2]]
    offers = [{"InstanceType": "p5.48xlarge", "Location": zone} for zone in sold_in]

    rows = rows_of(DescribeInstanceTypeOfferings={"InstanceTypeOfferings": [*others, *offers]})

    assert rows["p5.48xlarge"].verdict is Verdict.SHORT
    assert rows["p5.48xlarge"].need == "sold in us-east-1a or us-east-1b or us-east-1c"
    assert "gpuPools[h100]" in rows["p5.48xlarge"].steps[0]
    assert rows["g6e.12xlarge"].verdict is Verdict.ENOUGH


def test_a_zone_without_control_planes_is_no_zone_of_ours() -> None:
    zones = [
        {"ZoneName": f"us-east-1{letter}", "ZoneId": zone_id, "State": "available"}
        for letter, zone_id in (("a", "use1-az3"), ("b", "use1-az1"), ("c", "use1-az2"))
    ]

    found = machines.zones_of(
        StubbedAccount({"DescribeAvailabilityZones": {"AvailabilityZones": zones}}), PROD
    )

    assert found == ("us-east-1b", "us-east-1c")


def test_a_chance_of_spot_is_a_signal_and_never_a_verdict() -> None:
    low = rows_of(
        GetSpotPlacementScores={"SpotPlacementScores": [{"Region": "us-east-1", "Score": 1}]}
    )

    assert low["l40s: spot placement score"].have == "1 of 10 at this moment"
    assert exit_code(low) == 0
    none = rows_of(GetSpotPlacementScores={"SpotPlacementScores": []})
    assert none["l40s: spot placement score"].verdict is Verdict.UNKNOWN


def _reserved() -> StackSpec:
    reservation = ReservationSpec(
        id="cr-0123456789abcdef0", kind=ReservationKind.CAPACITY_RESERVATION, zone="us-east-1a"
    )
    pools = [
        pool.model_copy(update={"reservation": reservation if pool.name == "h100" else None})
        for pool in PROD.gpu_pools
    ]
    return PROD.model_copy(update={"gpu_pools": tuple(pools)})


@pytest.mark.parametrize(
    ("count", "zone", "state", "verdict"),
    [
        (2, "us-east-1a", "active", Verdict.ENOUGH),
        (1, "us-east-1a", "active", Verdict.SHORT),
        (2, "us-east-1b", "active", Verdict.SHORT),
        (2, "us-east-1a", "expired", Verdict.SHORT),
    ],
)
def test_a_reservation_must_hold_the_nodes_of_its_pool(
    count: int, zone: str, state: str, verdict: Verdict
) -> None:
    found = {
        "TotalInstanceCount": count,
        "State": state,
        "InstanceType": "p5.48xlarge",
        "AvailabilityZone": zone,
    }

    rows = rows_of(_reserved(), DescribeCapacityReservations={"CapacityReservations": [found]})

    assert rows["h100: reservation cr-0123456789abcdef0"].verdict is verdict
    assert "h100: Capacity Block" not in rows


def test_a_reservation_that_is_not_there_is_short() -> None:
    rows = rows_of(
        _reserved(), DescribeCapacityReservations="InvalidCapacityReservationId.NotFound"
    )

    assert rows["h100: reservation cr-0123456789abcdef0"].verdict is Verdict.SHORT


@pytest.mark.parametrize(
    ("version", "status", "verdict"),
    [
        ("1.35", "STANDARD_SUPPORT", Verdict.ENOUGH),
        ("1.35", "EXTENDED_SUPPORT", Verdict.SHORT),
        ("1.36", "STANDARD_SUPPORT", Verdict.SHORT),
    ],
)
def test_a_cluster_version_must_be_in_standard_support(
    version: str, status: str, verdict: Verdict
) -> None:
    told = {"clusterVersions": [{"clusterVersion": version, "versionStatus": status}]}

    assert rows_of(DescribeClusterVersions=told)["Kubernetes"].verdict is verdict


def test_an_addon_without_a_version_for_this_kubernetes_is_short() -> None:
    rows = rows_of(DescribeAddonVersions={"addons": []})

    assert rows["add-on vpc-cni"].verdict is Verdict.SHORT


def test_an_image_that_is_not_published_is_short() -> None:
    rows = rows_of(GetParameter="ParameterNotFound")

    assert {row.verdict for row in rows.values() if row.about == "image"} == {Verdict.SHORT}


def test_what_the_caller_may_not_do_is_named() -> None:
    def simulated(parameters: Mapping[str, Value]) -> Mapping[str, object]:
        names = parameters["ActionNames"]
        assert isinstance(names, list)
        said = {"eks:CreateCluster": "implicitDeny", "iam:PassRole": "explicitDeny"}
        results = [
            {"EvalActionName": name, "EvalDecision": said.get(str(name), "allowed")}
            for name in names
        ]
        return {"EvaluationResults": results}

    row = rows_of(SimulatePrincipalPolicy=simulated)["to bring it up"]

    assert row.verdict is Verdict.SHORT
    assert row.steps[0] == f"{ROLE} lacks eks:CreateCluster, iam:PassRole"


def test_what_depends_on_a_condition_is_unknown() -> None:
    def simulated(parameters: Mapping[str, Value]) -> Mapping[str, object]:
        names = parameters["ActionNames"]
        assert isinstance(names, list)
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": name,
                    "EvalDecision": "implicitDeny",
                    "MissingContextValues": ["aws:RequestTag/team"],
                }
                for name in names
            ]
        }

    assert rows_of(SimulatePrincipalPolicy=simulated)["to bring it up"].verdict is Verdict.UNKNOWN


def test_an_action_that_the_simulator_passes_over_is_unknown() -> None:
    row = rows_of(SimulatePrincipalPolicy={"EvaluationResults": []})["to bring it up"]

    assert row.verdict is Verdict.UNKNOWN
    assert sum(map(len, SAMPLE.values())) == int(row.need.split()[0])


def test_a_stack_on_anothers_ground_asks_the_account_for_nothing() -> None:
    found = survey(StubbedAccount(ENOUGH), load_stack_file("aws-prod-models"))

    assert found.rows == []


@mock_aws
def test_a_played_account_answers_through_boto3() -> None:
    api = StubbedAccount({}, played=True)

    zones = machines.zones_of(api, PROD)
    sold = machines.offerings(api, ["g6e.12xlarge", "p5.48xlarge"])

    assert len(zones) == 3
    assert set(sold["g6e.12xlarge"]) & set(zones)
