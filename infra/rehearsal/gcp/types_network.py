"""Rows of the network: networks, subnetworks, firewall rules, addresses.

What changes in place is what the provider's own description of a type gives an update call
(GoogleCloudPlatform/magic-modules@d577844, 2026-08-21, mmv1/products/compute).
"""

import ipaddress

from infra.rehearsal.cloud.table import Change, Pending, updating
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import (
    STEERING,
    ResourceType,
    labels_set,
    patched,
    served,
)
from infra.rehearsal.gcp.waiting import pending
from infra.replies import block, blocks, dig, text
from infra.wire import UNKNOWN, Properties, Value

NETWORK = Form("projects/{project}/global/networks/{name}")
SUBNETWORK = Form("projects/{project}/regions/{region}/subnetworks/{name}")
FIREWALL = Form("projects/{project}/global/firewalls/{name}")
ADDRESS = Form("projects/{project}/regions/{region}/addresses/{name}")
ROUTING = {
    "routingMode": "routingMode",
    "bgpAlwaysCompareMed": "bgpAlwaysCompareMed",
    "bgpBestPathSelectionMode": "bgpBestPathSelectionMode",
    "bgpInterRegionCost": "bgpInterRegionCost",
}
"""Inputs that are members of `routingConfig`."""
LOGGED = "logConfig"


def _network_inputs(inputs: Properties) -> Properties:
    rest = {key: item for key, item in inputs.items() if key not in ROUTING}
    routing: Properties = {member: inputs[key] for key, member in ROUTING.items() if key in inputs}
    return {**rest, "routingConfig": routing} if routing else rest


def _created_network(inputs: Properties) -> Properties:
    # The provider's own default (magic-modules, Network.yaml, `autoCreateSubnetworks`).
    return _network_inputs({"autoCreateSubnetworks": True, **inputs})


def _network_outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    number = text(api, "id")
    return {"networkId": number, "numericId": number, **block(api, "routingConfig")}


def _subnetwork_outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    return {"subnetworkId": int(text(api, "id")), LOGGED: _flow_logs(api)}


def _flow_logs(api: Properties) -> Value:
    """The provider shows them only where they are on."""
    found = block(api, LOGGED)
    if not found.get("enable"):
        return None
    return {key: item for key, item in found.items() if key != "enable"}


def _logging(inputs: Properties) -> Properties:
    """A block that is there switches logs on (magic-modules, custom_expand, `*_log_config`)."""
    found = inputs.get(LOGGED)
    if isinstance(found, dict):
        return {**inputs, LOGGED: {**found, "enable": True}}
    if found == "":  # gone
        return {**inputs, LOGGED: {"enable": False}}
    return inputs


def _expand(place: Place, change: Change) -> Pending | None:
    by = "compute.subnetworks.expandIpCidrRange"
    body: Properties = {"ipCidrRange": change.new["ipCidrRange"]}
    reply = place.call(by, body, **SUBNETWORK.addressed(by, change.physical_id))
    return pending(place, by, reply, "Updating Subnetwork")


def _set_google_access(place: Place, change: Change) -> Pending | None:
    by = "compute.subnetworks.setPrivateIpGoogleAccess"
    body: Properties = {"privateIpGoogleAccess": bool(change.new.get("privateIpGoogleAccess"))}
    reply = place.call(by, body, **SUBNETWORK.addressed(by, change.physical_id))
    return pending(place, by, reply, "Updating Subnetwork")


def _shrinks(old: Value, new: Value) -> bool:
    """Say whether a range does not contain what it was: it can only grow in place."""
    if not isinstance(old, str) or not isinstance(new, str) or UNKNOWN in (old, new):
        return True
    before, after = (ipaddress.ip_network(text_, strict=False) for text_ in (old, new))
    inside = before.version == after.version and before.network_address in after
    return not inside or before.prefixlen < after.prefixlen


def _firewall_outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    found: Properties = {
        name: [
            {"protocol": dig(rule, "IPProtocol"), "ports": dig(rule, "ports") or []}
            for rule in blocks(api, member)
        ]
        for name, member in (("allows", "allowed"), ("denies", "denied"))
    }
    return {**{name: rules for name, rules in found.items() if rules}, LOGGED: _flow_logs(api)}


def _address_outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    return {"addressId": int(text(api, "id"))}


RULES = {
    "allows": "allowed",
    "denies": "denied",
    "allows.protocol": "IPProtocol",
    "denies.protocol": "IPProtocol",
}
ROWS = (
    ResourceType(
        pulumi_type="gcp:compute/network:Network",
        **served("compute.networks", NETWORK, "insert"),
        arrange=_created_network,
        settings=STEERING | {"deleteDefaultRoutesOnCreate", "deleteBgpAlwaysCompareMed"},
        updates=(
            patched(
                *(*ROUTING, "mtu", "networkFirewallPolicyEnforcementOrder"),
                by="compute.networks.patch",
                form=NETWORK,
                arrange=_network_inputs,
            ),
        ),
        outputs=_network_outputs,
    ),
    ResourceType(
        pulumi_type="gcp:compute/subnetwork:Subnetwork",
        **served("compute.subnetworks", SUBNETWORK, "insert"),
        arrange=_logging,
        settings=STEERING | {"sendSecondaryIpRangeIfEmpty"},
        updates=(
            patched(
                *("secondaryIpRanges", LOGGED, "role", "privateIpv6GoogleAccess"),
                by="compute.subnetworks.patch",
                form=SUBNETWORK,
                arrange=_logging,
            ),
            updating("ipCidrRange", source="expandIpCidrRange", apply=_expand),
            updating(
                "privateIpGoogleAccess", source="setPrivateIpGoogleAccess", apply=_set_google_access
            ),
        ),
        replaced_when={"ipCidrRange": _shrinks},
        outputs=_subnetwork_outputs,
        computed_blocks=frozenset({LOGGED}),
        volatile=frozenset({"fingerprint"}),
    ),
    ResourceType(
        pulumi_type="gcp:compute/firewall:Firewall",
        **served("compute.firewalls", FIREWALL, "insert"),
        arrange=_logging,
        rename=RULES,
        updates=(
            patched(
                *("allows", "denies", "description", "destinationRanges", "disabled", LOGGED),
                *("priority", "sourceRanges", "sourceServiceAccounts", "sourceTags"),
                *("targetServiceAccounts", "targetTags"),
                by="compute.firewalls.patch",
                form=FIREWALL,
                rename=RULES,
                arrange=_logging,
            ),
        ),
        outputs=_firewall_outputs,
    ),
    ResourceType(
        pulumi_type="gcp:compute/address:Address",
        **served("compute.addresses", ADDRESS, "insert"),
        labels="labels",
        relabel=labels_set("compute.addresses.setLabels", "compute.addresses.get", ADDRESS),
        outputs=_address_outputs,
        volatile=frozenset({"labelFingerprint"}),
    ),
)
