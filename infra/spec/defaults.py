"""Every default of a stack file, in one place.

Owns the values that a stack may leave out. Does not own values that follow from another setting
through the catalogue: those are in `derive*`. A setting that is not here must be written.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.catalog import kubernetes_versions
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment


@dataclass(frozen=True)
class Default:
    """A default value and whether the environment decides it."""

    value: object
    origin: str


_COMMON: Mapping[str, Mapping[str, object]] = {
    "cloud": {"project": None, "networkCidr": "10.0.0.0/16"},
    "cluster": {
        "kubernetesVersion": kubernetes_versions.DEFAULT,
        # Nobody reaches the API server from outside the network until a range is written.
        "endpointAccess": [],
        "admins": [],
        "modelDeployers": [],
        "deletionProtection": False,
    },
    "network": {
        "natGateways": "single",
        "interfaceEndpoints": False,
        "flowLogs": True,
        "podCidr": None,
        "serviceCidr": None,
        "vpcId": None,
        "privateSubnetIds": [],
        "publicSubnetIds": [],
        "podRange": None,
        "serviceRange": None,
    },
    # The hours in which fewest people of Europe and the Americas are at work.
    "cache": {"enabled": True, "maintenanceDay": "sunday", "maintenanceHourUtc": 3},
    # One query node answers; a second one outlives the loss of a node (`_BY_ENVIRONMENT`).
    "vectorStore": {"queryNodes": 1, "cpu": 1.0, "memoryGib": 4.0},
    "gateway": {
        # No way in from outside until a domain is written.
        "domain": None,
        "email": None,
        "allowFrom": [],
        "authentication": "api-keys",
        "jwt": None,
        # 32,000 tokens at 40 a second take 13 minutes; a stream that says nothing for five is dead.
        "requestTimeoutSeconds": 900,
        "idleTimeoutSeconds": 300,
        # A prompt of a million tokens is some 4 MiB; the rest is for images.
        "maxRequestMib": 20,
        "requestsPerMinute": 600,
        # It needs tenants, a controller and a cache: whoever wants one address for all writes so.
        "sharedHost": False,
        # Some ten clients that read 100 tokens a second, with prompts as long as answers.
        "tokensPerMinute": 120_000,
    },
    "tenants": {"models": None, "namespace": None},
    "observability": {
        "enabled": True,
        "metrics": {"replicas": 1, "retentionDays": 15, "managed": False},
        # A week: by then somebody has asked why. Sizes were chosen for a start and not measured.
        "traces": {"enabled": True, "retentionDays": 7, "cpu": 0.1, "memoryGib": 1.0},
        # Prompts go nowhere unless somebody says so.
        "phoenix": None,
        # Most questions are about this week. A month shows the month before.
        "logs": {
            "store": "loki",
            "hotDays": 7,
            "keepDays": 30,
            "replicas": 1,
            "elasticsearch": None,
        },
        # It needs a way to the cloud's price list, and on Google Cloud a key to it.
        "cost": {"enabled": False},
        # Nobody is told of anything until a receiver is written; prod asks for one.
        "remoteWrite": None,
        "slack": None,
        "pagerduty": None,
        "email": None,
        "webhook": None,
        "dingtalk": None,
        "feishu": None,
        "deadMansSwitch": False,
    },
    "hub": {"endpoints": ["https://huggingface.co"], "token": False},
    # No cap unless one is written; `onUnknown` is decided by the environment.
    "budget": {
        "monthlyUsd": None,
        "receivers": [],
        "hourlyUsd": None,
        "changeUsd": None,
        "gpus": None,
    },
    # A reader takes an answer that begins within half a second for immediate, and reads no faster
    # than 20 tokens a second. The environment decides how often that may fail.
    "slo": {
        "ttftMilliseconds": 500,
        "itlMilliseconds": 50,
        "latencyPercent": 95.0,
        "probeMilliseconds": 2000,
    },
    "preview": {"expires": None},
    # Day and night, until somebody says when they work.
    "workingHours": {
        "hours": None,
        "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "timeZone": "UTC",
    },
    "gpuPools": {
        "gpusPerNode": 1,
        "onDemand": None,
        "spot": None,
        "flexStart": None,
        # The vLLM image unpacks to more than 10 GiB, and weights are cached on the node.
        "diskGib": 200,
        # It needs the node monitoring agent, which every cluster gets.
        "nodeRepair": True,
        "placementGroup": False,
        "efa": False,
        "reservation": None,
    },
    "models": {
        "alsoServes": [],
        "canary": None,
        "fallback": None,
        "revision": None,
        "weights": "bucket",
        "engine": "vllm",
        "tensorParallel": 1,
        "dtype": "auto",
        # Below vLLM's own figure: CUDA graphs and the driver take their share outside of it.
        "gpuMemoryUtilization": 0.90,
        "maxConcurrentRequests": 256,
        # Without a bound vLLM queues for ever; beyond it, it answers 503 at once.
        "maxQueuedRequests": 512,
        # With a preStop sleep of 15 s it ends within the 120 s of a spot notice.
        "drainSeconds": 90,
    },
}

_BY_ENVIRONMENT: Mapping[Environment, Mapping[str, Mapping[str, object]]] = {
    Environment.DEV: {
        "cloud": {"zones": 2},
        "network": {"flowLogs": False},
        "cluster": {"logRetentionDays": 7, "systemNodes": {"min": 1, "max": 3}},
        "cache": {
            "place": "in-cluster",
            "responses": {"memoryGib": 0.5, "replicas": 0},
            "counters": {"memoryGib": 0.25, "replicas": 0},
            "backupDays": 0,
        },
        # What holds a few hundred thousand vectors. It is dropped with the stack.
        "vectorStore": {
            "mode": "standalone",
            "cpu": 0.5,
            "memoryGib": 2.0,
            "backupDays": 0,
        },
        "gateway": {"issuer": "self-signed", "replicas": 1},
        # One server, often on spot: it is away for minutes at a time, and nobody is told at night.
        "slo": {"errorPercent": 5.0, "availabilityPercent": 99.0},
        # Some tens of thousands of series; a week is as long as anybody looks back there.
        "observability": {
            "metrics": {"cpu": 0.1, "memoryGib": 1.0, "retentionDays": 7, "storageGib": 20},
            # Whoever looks for something there switches it on, and then sees every request.
            "traces": {"enabled": False, "samplePercent": 100.0, "retentionDays": 2},
            "logs": {"keepDays": 7, "cpu": 0.1, "memoryGib": 0.75},
        },
        "models": {"replicas": {"min": 1}},
        "budget": {"onUnknown": "warn"},
    },
    Environment.STAGING: {
        "cloud": {"zones": 2},
        "cluster": {
            "logRetentionDays": 30,
            # Two zones: the cluster's DNS outlives the loss of one.
            "systemNodes": {"min": 2, "max": 4},
        },
        "cache": {
            "place": "managed",
            "responses": {"memoryGib": 1.0, "replicas": 1},
            "counters": {"memoryGib": 1.0, "replicas": 1},
            "backupDays": 3,
        },
        "vectorStore": {"mode": "standalone", "backupDays": 3},
        # Trusted by nobody, like the staging servers of Let's Encrypt that sign it.
        "gateway": {"issuer": "letsencrypt-staging", "replicas": 2},
        "slo": {"errorPercent": 2.0, "availabilityPercent": 99.5},
        "observability": {
            "metrics": {"cpu": 0.2, "memoryGib": 1.5, "storageGib": 50},
            "traces": {"samplePercent": 10.0},
            "logs": {"cpu": 0.1, "memoryGib": 1.0},
        },
        "models": {"replicas": {"min": 1}},
        "budget": {"onUnknown": "warn"},
    },
    Environment.PROD: {
        "cloud": {"zones": 3},
        "cluster": {
            "deletionProtection": True,
            # Audit logs are asked for weeks later.
            "logRetentionDays": 90,
            # One node in each zone: a zone may be lost.
            "systemNodes": {"min": 3, "max": 6},
        },
        # A replica in another zone takes over by itself. Answers of a model are a few KiB: 4 GiB
        # hold about a million. Counters are small, and refuse writes when they are full.
        "cache": {
            "place": "managed",
            "responses": {"memoryGib": 4.0, "replicas": 1},
            "counters": {"memoryGib": 1.0, "replicas": 1},
            "backupDays": 7,
        },
        # Two weeks: what a holiday hides is still there. Each day costs one more copy.
        "vectorStore": {"mode": "cluster", "queryNodes": 2, "backupDays": 14},
        # One proxy in each zone.
        "gateway": {"issuer": "letsencrypt", "replicas": 3},
        # 43 minutes of a month.
        "slo": {"errorPercent": 1.0, "availabilityPercent": 99.9},
        # Two measure: one outlives the loss of a node. A month shows the month before.
        "observability": {
            "metrics": {
                "replicas": 2,
                "cpu": 0.5,
                "memoryGib": 3.0,
                "retentionDays": 30,
                "storageGib": 100,
            },
            # Slow requests are many when it matters: one in a hundred shows them.
            "traces": {"samplePercent": 1.0, "cpu": 0.2, "memoryGib": 2.0},
            # A zone may be lost, and then lines are asked for: each is on three servers.
            "logs": {"replicas": 3, "cpu": 0.2, "memoryGib": 1.5},
        },
        # A pod disruption budget needs a second server to mean anything.
        "models": {"replicas": {"min": 2}},
        # What nobody can price is not bought for production unseen.
        "budget": {"onUnknown": "fail"},
    },
}

# A system node carries what the cloud runs on every node, too: GKE's own DaemonSets and its DNS,
# metrics and proxy agents ask for about a core, so its smallest machine here has four.
_BY_CLOUD: Mapping[CloudProvider, Mapping[str, Mapping[str, object]]] = {
    CloudProvider.AWS: {"cluster": {"systemNodes": {"machineType": "m7i.large"}}},
    CloudProvider.GCP: {
        # RFC 6598: ranges that hardly any company network uses. A /16 has room for 256 nodes.
        "network": {"podCidr": "100.64.0.0/16", "serviceCidr": "100.65.0.0/20"},
        "cluster": {"systemNodes": {"machineType": "e2-standard-4"}},
    },
}
_BY_BOTH: Mapping[tuple[CloudProvider, Environment], Mapping[str, Mapping[str, object]]] = {
    # A node of this size takes 29 pods (`allocatable_eks`), and a platform has some 40.
    (CloudProvider.AWS, Environment.DEV): {"cluster": {"systemNodes": {"min": 2}}},
    (CloudProvider.AWS, Environment.PROD): {
        "network": {"natGateways": "per-zone", "interfaceEndpoints": True},
        "cluster": {"systemNodes": {"machineType": "m7i.xlarge"}},
    },
    # E2 machines share their cores; those of production do not.
    (CloudProvider.GCP, Environment.PROD): {
        "cluster": {"systemNodes": {"machineType": "n2-standard-4"}}
    },
}

# For a range that is written in part. An absent range is no range: it gets none of this.
_WHEN_PRESENT: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("gpuPools", "onDemand"): {"min": 0},
    ("gpuPools", "spot"): {"min": 0},
    ("gpuPools", "flexStart"): {"min": 0},
    # Every provider has it: the client itself where no person is involved.
    ("gateway", "jwt"): {"clientClaim": "sub"},
    ("observability", "remoteWrite"): {"token": False},
    ("observability", "phoenix"): {"prompts": False, "addresses": []},
    ("observability", "slack"): {"channel": None, "alerts": "all"},
    # Who is woken at night gets what cannot wait.
    ("observability", "pagerduty"): {"alerts": "page"},
    ("observability", "email"): {"username": None, "alerts": "all"},
    ("observability", "webhook"): {"alerts": "all"},
    ("observability", "dingtalk"): {"alerts": "all"},
    ("observability", "feishu"): {"alerts": "all"},
    # A service of two pods with its workers; it runs on system nodes, which are small.
    ("tenants", "namespace"): {"cpu": 2.0, "memoryGib": 4.0, "pods": 20},
}


def section_defaults(
    section: str, environment: Environment, cloud: CloudProvider
) -> dict[str, Default]:
    """Return the defaults of a section, or of one item of a list; nested ones are dotted."""
    both = _BY_BOTH.get((cloud, environment), {})
    return {
        **_flat(_COMMON.get(section, {}), "default"),
        **_flat(_BY_ENVIRONMENT[environment].get(section, {}), f"default ({environment})"),
        **_flat(_BY_CLOUD[cloud].get(section, {}), f"default ({cloud})"),
        **_flat(both.get(section, {}), f"default ({cloud}, {environment})"),
    }


def range_defaults(section: str, key: str) -> dict[str, Default]:
    """Return the defaults inside an optional group of settings that a stack has begun to write."""
    return _flat(_WHEN_PRESENT.get((section, key), {}), "default")


def _flat(values: Mapping[str, object], origin: str, prefix: str = "") -> dict[str, Default]:
    found: dict[str, Default] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, origin, f"{prefix}{key}.")
        else:
            found[prefix + key] = Default(value, origin)
    return found
