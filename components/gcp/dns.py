"""The public DNS zone of the gateway's domain: Cloud DNS; and who may write records in it.

Owns the zone and grants on it. Does not own its records, nor the delegation: a person writes the
zone's name servers, and its DS record, into the zone above, which is not ours.
Why a grant on the zone, and on the project none but to list zones: others are somebody else's.
It holds for every record of the zone: Google has no condition on types and names of records that a
change asks for (as remembered).
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.identity import RoleMaker
from components.gcp.policies import CustomRole
from components.gcp.tags import labels
from components.handles import PlatformRef, Workload, ZoneRef
from components.names import MANAGED_ZONE, fit


class DnsZone(pulumi.ComponentResource):
    """A signed zone that answers for the domain once it is delegated."""

    ref: ZoneRef
    """Its name."""
    name_servers: pulumi.Output[Sequence[str]]
    """What the zone above must name."""

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

        Each new zone may have other name servers.
        """
        super().__init__("tokenworks:gcp:DnsZone", name, None, opts)
        zone = gcp.dns.ManagedZone(
            fit(f"{name}-zone", MANAGED_ZONE),
            dns_name=f"{domain}.",
            description=f"Gateway of {platform.cluster_name}",
            visibility="public",
            # Signed by Google's own keys; without a DS record above nobody looks at it, and
            # nothing breaks.
            dnssec_config=gcp.dns.ManagedZoneDnssecConfigArgs(state="on"),
            force_destroy=not protected,
            labels=labels(platform),
            opts=pulumi.ResourceOptions(parent=self, protect=protected),
        )
        self.ref = ZoneRef(domain=domain, zone=zone.name)
        self.name_servers = zone.name_servers
        self.register_outputs({"zone": zone.name})


class ZoneRole(pulumi.ComponentResource):
    """Pods of one service account that may use one zone, and do nothing else to any."""

    permissions: tuple[pulumi.Resource, ...]
    """What must exist before a pod uses it, and outlive its last use."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        workload: Workload,
        role: CustomRole,
        *,
        zone: ZoneRef,
        project: ProjectRef,
        drawn: pulumi.Output[str],
        finds: CustomRole | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Give the pods a role on the zone; `finds`: one on the project, to find the zone."""
        super().__init__("tokenworks:gcp:ZoneRole", name, None, opts)
        roles, member = RoleMaker(self, name, project, drawn), project.pods(workload)
        grant = gcp.dns.DnsManagedZoneIamMember(
            f"{name}-{role.purpose.replace('_', 's-', 1)}",
            project=project.id,
            managed_zone=zone.zone,
            role=roles.create(role),
            member=member,
            opts=pulumi.ResourceOptions(parent=self),
        )
        found = [
            gcp.projects.IAMMember(
                f"{name}-finds-zones",
                project=project.id,
                role=roles.create(one),
                member=member,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for one in ([finds] if finds else [])
        ]
        self.permissions = (grant, *found)
        self.register_outputs({"member": member})
