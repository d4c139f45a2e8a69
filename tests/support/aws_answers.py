"""What an AWS account with enough of all answers to a preflight of `aws-prod`."""

from collections.abc import Mapping

from infra.wire import Value
from tests.support.stubbed_aws import Answer

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/deployer"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/somebody"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d")
TYPES = ("m7i.xlarge", "g6e.12xlarge", "p5.48xlarge")


def simulated(parameters: Mapping[str, Value]) -> Mapping[str, object]:
    names = parameters["ActionNames"]
    assert isinstance(names, list)
    results = [{"EvalActionName": name, "EvalDecision": "allowed"} for name in names]
    return {"EvaluationResults": results}


ENOUGH: Mapping[str, Answer] = {
    "GetServiceQuota": {"Quota": {"Value": 1000.0}},
    "GetCallerIdentity": {"Account": ACCOUNT, "Arn": SESSION},
    "GetRole": {
        "Role": {
            "Arn": ROLE,
            "Path": "/team/",
            "RoleName": "deployer",
            "RoleId": "AROAEXAMPLEEXAMPLE1",
            "CreateDate": "2026-11-27T00:00:00Z",
        }
    },
    "DescribeAvailabilityZones": {
        "AvailabilityZones": [
            {"ZoneName": name, "ZoneId": f"use1-az{index + 4}", "State": "available"}
            for index, name in enumerate(ZONES)
        ]
    },
    "DescribeInstanceTypeOfferings": {
        "InstanceTypeOfferings": [
            {"InstanceType": kind, "Location": zone} for kind in TYPES for zone in ZONES[:2]
        ]
    },
    "GetSpotPlacementScores": {"SpotPlacementScores": [{"Region": "us-east-1", "Score": 7}]},
    "DescribeCapacityBlockOfferings": {
        "CapacityBlockOfferings": [{"StartDate": "2026-12-01T11:30:00Z"}]
    },
    "DescribeClusterVersions": {
        "clusterVersions": [
            {
                "clusterVersion": "1.35",
                "versionStatus": "STANDARD_SUPPORT",
                "endOfStandardSupportDate": "2027-03-27T00:00:00Z",
            }
        ]
    },
    "DescribeAddonVersions": {
        "addons": [
            {
                "addonVersions": [
                    {"addonVersion": "v1.1.0-eksbuild.1"},
                    {
                        "addonVersion": "v1.0.0-eksbuild.1",
                        "compatibilities": [{"clusterVersion": "1.35", "defaultVersion": True}],
                    },
                ]
            }
        ]
    },
    "GetParameter": {"Parameter": {"Value": "ami-0123456789abcdef0"}},
    "SimulatePrincipalPolicy": simulated,
}
