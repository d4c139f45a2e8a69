"""The public DNS zone of the gateway's domain: Route 53.

Owns the zone, and the policy documents of whoever proves to a certificate authority that the domain
is ours, and of whoever points the hosts below it somewhere. Does not own its records, nor the
delegation: a person writes the zone's name servers into the zone above, which is not ours.
Why no DNSSEC: a signed zone needs a key of KMS in us-east-1 with a policy of its own, and a zone
whose signature is not renewed answers nobody. Whoever wants it signs the zone by hand.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.policies import EVERYTHING, Statement, document
from components.aws.tags import tags
from components.handles import PlatformRef, ZoneRef

CHALLENGE = "_acme-challenge"
"""First label of the record that a certificate authority looks at (RFC 8555, 8.4)."""
CHANGES_ARN = "arn:aws:route53:::change/*"
"""Route 53 draws the ids of changes (service authorization reference, 2026)."""
HOST_TYPES = ("A", "CNAME", "TXT")
"""A host's address, and whose record it is."""
_RECORDS = "route53:ChangeResourceRecordSets"
_NAMES, _TYPES = f"{_RECORDS}NormalizedRecordNames", f"{_RECORDS}RecordTypes"


class DnsZone(pulumi.ComponentResource):
    """A zone that answers for the domain once it is delegated."""

    ref: ZoneRef
    """Its id."""
    name_servers: pulumi.Output[Sequence[str]]
    """What the zone above must name."""
    prover: pulumi.Output[str]
    """Policy document of a role that may write the records of challenges, and no other."""
    pointer: pulumi.Output[str]
    """Policy document of a role that may point hosts somewhere, and write no challenge."""

    def __init__(
        self,
        name: str,
        domain: str,
        *,
        platform: PlatformRef,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the zone; a protected one refuses `destroy`, and goes with no record in it.

        Each new zone has other name servers.
        """
        super().__init__("tokenworks:aws:DnsZone", name, None, opts)
        zone = aws.route53.Zone(
            f"{name}-zone",
            name=domain,
            comment=f"Gateway of {platform.cluster_name}",
            force_destroy=not protected,
            tags=tags(platform, f"{name}-zone"),
            opts=pulumi.ResourceOptions(parent=self, protect=protected),
        )
        self.ref = ZoneRef(domain=domain, zone=zone.zone_id)
        self.name_servers = zone.name_servers
        self.prover = _prover(domain, zone.arn)
        self.pointer = _pointer(domain, zone.arn)
        self.register_outputs({"zone": zone.zone_id})


def _prover(domain: str, zone_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return the document: challenges alone, so that nobody's address is turned elsewhere."""
    records = (f"{CHALLENGE}.{domain}", f"{CHALLENGE}.*.{domain}")
    return document(
        _write("WriteChallenges", zone_arn, types=("TXT",), names=records),
        _read(zone_arn),
        Statement(sid="WatchChanges", actions=("route53:GetChange",), resources=(CHANGES_ARN,)),
    )


def _pointer(domain: str, zone_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return the document: hosts below the domain alone, never the domain itself.

    No challenge, so that whoever points hosts gets no certificate for them; no NS, so that nothing
    is delegated. Zones are listed by everybody who looks for one, also by its id (external-dns
    v0.21.0, provider/aws/aws.go, `zones`, read 2026-11-27).
    """
    return document(
        _write(
            "PointHosts",
            zone_arn,
            types=HOST_TYPES,
            names=(f"*.{domain}",),
            never=(f"{CHALLENGE}.*",),
        ),
        _read(zone_arn),
        Statement(sid="FindZone", actions=("route53:ListHostedZones",), resources=(EVERYTHING,)),
    )


def _write(
    sid: str,
    zone_arn: pulumi.Output[str],
    *,
    types: tuple[str, ...],
    names: tuple[str, ...],
    never: tuple[str, ...] = (),
) -> Statement:
    """Allow changes of records of some types and names.

    The keys have several values, one for each record of a change, in lower case and without a dot
    at the end; `ForAllValues` holds where a key is missing, so that `Null` must refuse that (Route
    53 developer guide, "Using IAM policy conditions for fine-grained access control", as
    remembered).
    """
    return Statement(
        sid=sid,
        actions=(_RECORDS,),
        resources=(zone_arn,),
        conditions={
            "ForAllValues:StringEquals": {_TYPES: types},
            "ForAllValues:StringLike": {_NAMES: names},
            **({"ForAllValues:StringNotLike": {_NAMES: never}} if never else {}),
            "Null": {_TYPES: "false", _NAMES: "false"},
        },
    )


def _read(zone_arn: pulumi.Output[str]) -> Statement:
    return Statement(
        sid="ReadRecords", actions=("route53:ListResourceRecordSets",), resources=(zone_arn,)
    )
