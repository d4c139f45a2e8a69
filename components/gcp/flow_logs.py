"""Who talked to whom in the network: flow logs of its subnetwork.

Owns how traffic is sampled, and the filter that finds these logs. Does not own where they are kept,
nor for how long (`logs`).
Why no component: Google Cloud has flow logs as a setting of the subnetwork, not as a resource.
"""

import pulumi_gcp as gcp

SAMPLED = 0.5
"""Half of the flows: Google's own default. What is billed is what is kept."""
INTERVAL = "INTERVAL_5_MIN"
"""Flows of five minutes in one record, not of five seconds: the question after an incident is
where data went, and that needs a sixtieth of the records."""


def flow_log_config(*, on: bool) -> gcp.compute.SubnetworkLogConfigArgs | None:
    """Return the setting of a subnetwork; None where the stack wants no flow logs."""
    if not on:
        return None
    return gcp.compute.SubnetworkLogConfigArgs(
        aggregation_interval=INTERVAL,
        flow_sampling=SAMPLED,
        # Names of machines, pods and Services beside the addresses, which other nodes reuse.
        metadata="INCLUDE_ALL_METADATA",
    )


def flow_log_filter(subnetwork: str) -> str:
    """Return the filter of Cloud Logging that matches the flow logs of a subnetwork."""
    return f'(resource.type="gce_subnetwork" AND resource.labels.subnetwork_name="{subnetwork}")'
