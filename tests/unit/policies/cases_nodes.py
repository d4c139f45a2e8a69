"""Cases of the rules in `policies.rules.nodes`."""

from policies.rules.nodes import LAUNCH_TEMPLATE, NODE_POOL, SUBNET
from tests.unit.policies.cases import UNKNOWN, Cases, Verdict, one

CASES = (
    Cases(
        rule="nodes-require-imdsv2",
        compliant=one(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": "required"}),
        violating=one(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": "optional"}),
        missing=one(LAUNCH_TEMPLATE),
        missing_is=Verdict.VIOLATION,
        unknown=one(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": UNKNOWN}),
        odd=one(LAUNCH_TEMPLATE, metadataOptions=["required"]),
    ),
    Cases(
        rule="nodes-keep-metadata-from-pods",
        compliant=one(LAUNCH_TEMPLATE, metadataOptions={"httpPutResponseHopLimit": 1}),
        violating=one(LAUNCH_TEMPLATE, metadataOptions={"httpPutResponseHopLimit": 2}),
        missing=one(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": "required"}),
        missing_is=Verdict.VIOLATION,
        unknown=one(LAUNCH_TEMPLATE, metadataOptions={"httpPutResponseHopLimit": UNKNOWN}),
        odd=one(LAUNCH_TEMPLATE, metadataOptions={"httpPutResponseHopLimit": "few"}),
    ),
    Cases(
        rule="gke-nodes-have-the-metadata-server",
        compliant=one(NODE_POOL, nodeConfig={"workloadMetadataConfig": {"mode": "GKE_METADATA"}}),
        violating=one(NODE_POOL, nodeConfig={"workloadMetadataConfig": {"mode": "GCE_METADATA"}}),
        missing=one(NODE_POOL, nodeConfig={}),
        missing_is=Verdict.VIOLATION,
        unknown=one(NODE_POOL, nodeConfig={"workloadMetadataConfig": {"mode": UNKNOWN}}),
        odd=one(NODE_POOL, nodeConfig={"workloadMetadataConfig": ["GKE_METADATA"]}),
    ),
    Cases(
        rule="gke-nodes-close-legacy-metadata",
        compliant=one(NODE_POOL, nodeConfig={"metadata": {"disable-legacy-endpoints": "true"}}),
        violating=one(NODE_POOL, nodeConfig={"metadata": {"disable-legacy-endpoints": "false"}}),
        missing=one(NODE_POOL, nodeConfig={"metadata": {}}),
        missing_is=Verdict.FINE,
        unknown=one(NODE_POOL, nodeConfig={"metadata": {"disable-legacy-endpoints": UNKNOWN}}),
        odd=one(NODE_POOL, nodeConfig={"metadata": {"disable-legacy-endpoints": 1}}),
    ),
    Cases(
        rule="nodes-have-no-public-address",
        compliant=one(LAUNCH_TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "false"}]),
        violating=one(LAUNCH_TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true"}]),
        missing=one(LAUNCH_TEMPLATE, networkInterfaces=[{"deviceIndex": 0}]),
        missing_is=Verdict.FINE,
        unknown=one(LAUNCH_TEMPLATE, networkInterfaces=UNKNOWN),
        odd=one(LAUNCH_TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "perhaps"}]),
    ),
    Cases(
        rule="subnets-give-no-public-address",
        compliant=one(SUBNET, mapPublicIpOnLaunch=False),
        violating=one(SUBNET, mapPublicIpOnLaunch=True),
        missing=one(SUBNET),
        missing_is=Verdict.FINE,
        unknown=one(SUBNET, mapPublicIpOnLaunch=UNKNOWN),
        odd=one(SUBNET, mapPublicIpOnLaunch=["no"]),
    ),
    Cases(
        rule="gke-nodes-have-no-public-address",
        compliant=one(NODE_POOL, networkConfig={"enablePrivateNodes": True}),
        violating=one(NODE_POOL, networkConfig={"enablePrivateNodes": False}),
        missing=one(NODE_POOL),
        missing_is=Verdict.VIOLATION,
        unknown=one(NODE_POOL, networkConfig={"enablePrivateNodes": UNKNOWN}),
        odd=one(NODE_POOL, networkConfig=True),
    ),
)
