"""A rehearsal on AWS."""

import os
from collections.abc import Mapping, Sequence

from infra.destroy.aws.look import look_in
from infra.destroy.found import Look
from infra.preflight.aws.network_checks import network_findings
from infra.preflight.findings import Finding
from infra.rehearsal.clouds.port import HOST_KINDS, CloudDoor, RehearsedCloud
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.loopback_api import LoopbackAwsApi
from infra.replies import block, blocks, optional_text, text
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

SECRETS = "secretsmanager"
DNS = "route53"


class RehearsedAws(RehearsedCloud):
    """AWS."""

    provider = CloudProvider.AWS
    account = "account"
    not_proven = (
        "network policies: here nothing enforces them; a real cluster has its VPC CNI for it",
        "what AWS makes behind our back, as the log group that EKS fills once more while it goes",
    )

    def credentials(self, door: CloudDoor) -> dict[str, str]:
        """Return the keys of the rehearsal's user."""
        return {
            "AWS_ACCESS_KEY_ID": door.state["accessKeyId"],
            "AWS_SECRET_ACCESS_KEY": door.state["secretAccessKey"],
            "AWS_REGION": door.region,
            # Nothing may look for real credentials where they usually lie.
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def lift_protection(
        self, stack: str, cluster: str, door: CloudDoor, session: EngineSession
    ) -> None:
        """Make the call that the console makes."""
        del stack, session
        api(door).call("eks", "UpdateClusterConfig", name=cluster, deletionProtection=False)

    def put_secret(self, door: CloudDoor, name: str, value: bytes) -> None:
        """Make the call of `aws secretsmanager put-secret-value`."""
        api(door).call(SECRETS, "PutSecretValue", SecretId=name, SecretString=value.decode())

    def secret_values(self, door: CloudDoor) -> Mapping[str, bytes]:
        """Return every value in Secrets Manager."""
        cloud = api(door)
        names = [
            text(one, "Name") for one in blocks(cloud.call(SECRETS, "ListSecrets"), "SecretList")
        ]
        described = {name: cloud.call(SECRETS, "DescribeSecret", SecretId=name) for name in names}
        return {
            name: text(
                cloud.call(SECRETS, "GetSecretValue", SecretId=name), "SecretString"
            ).encode()
            for name, secret in described.items()
            if block(secret, "VersionIdsToStages")
        }

    def host_targets(self, door: CloudDoor, domain: str) -> Mapping[str, Sequence[str]]:
        """Return what addresses and aliases in Route 53 stand for."""
        cloud = api(door)
        zones = [
            text(zone, "Id").removeprefix("/hostedzone/")
            for zone in blocks(cloud.call(DNS, "ListHostedZones"), "HostedZones")
            if text(zone, "Name") == f"{domain}."
        ]
        return {
            text(found, "Name").removesuffix("."): [
                *filter(None, [optional_text(found, "AliasTarget.DNSName").removesuffix(".")]),
                *(text(one, "Value") for one in blocks(found, "ResourceRecords")),
            ]
            for zone in zones
            for found in blocks(
                cloud.call(DNS, "ListResourceRecordSets", HostedZoneId=zone), "ResourceRecordSets"
            )
            if text(found, "Type") in HOST_KINDS
        }

    def look(self, door: CloudDoor) -> Look:
        """Return the look at what is left."""
        return look_in(api(door))

    def network_findings(self, door: CloudDoor, spec: StackSpec) -> list[Finding]:
        """Return what the preflight finds about the network that a stack names."""
        return network_findings(api(door), spec)


def api(door: CloudDoor) -> LoopbackAwsApi:
    """Return the API of the simulated account, as an operator with its keys has it."""
    return LoopbackAwsApi(door.url, door.state["secretAccessKey"], door.region)
