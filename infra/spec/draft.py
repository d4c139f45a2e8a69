"""A section that may have mistakes: its good settings can still be checked.

A setting that fails its own check is reported once and then replaced by a stand-in, so that the
rest of the section becomes a typed object. Checks across settings ask `good()` first: a broken
setting never causes a second, false mistake.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import ValidationError

from infra.spec.field_mistakes import misspelt, report_field
from infra.spec.mistakes import Path
from infra.spec.report import Report
from infra.spec.section import Section

S = TypeVar("S", bound=Section)

STAND_INS: Mapping[str, Mapping[str, object]] = {
    "cloud": {
        "provider": "aws",
        "project": None,
        "region": "us-east-1",
        "zones": 2,
        "networkCidr": "10.0.0.0/16",
    },
    "cluster": {
        "kubernetesVersion": "1.35",
        "endpointAccess": ["198.51.100.0/24"],
        "admins": ["arn:aws:iam::111122223333:role/admin"],
        "modelDeployers": ["arn:aws:iam::111122223333:role/models"],
        "deletionProtection": False,
        "logRetentionDays": 7,
        "systemNodes": {"machineType": "m7i.large", "min": 1, "max": 1},
    },
    "network": {
        "natGateways": "single",
        "interfaceEndpoints": False,
        "flowLogs": False,
        "podCidr": None,
        "serviceCidr": None,
        "podRange": None,
        "serviceRange": None,
        "vpcId": None,
        "privateSubnetIds": ["subnet-0123456789abcdef0"],
        "publicSubnetIds": ["subnet-0123456789abcdef0"],
    },
    "cache": {
        "enabled": True,
        "place": "in-cluster",
        "responses": {"memoryGib": 1.0, "nodeType": None, "replicas": 0},
        "counters": {"memoryGib": 1.0, "nodeType": None, "replicas": 0},
        "backupDays": 0,
        "maintenanceDay": "sunday",
        "maintenanceHourUtc": 3,
    },
    "vectorStore": {
        "mode": "standalone",
        "queryNodes": 1,
        "cpu": 1.0,
        "memoryGib": 4.0,
        "backupDays": 0,
    },
    "gateway": {
        "domain": None,
        "issuer": "self-signed",
        "email": None,
        "allowFrom": ["198.51.100.0/24"],
        "authentication": "api-keys",
        "jwt": {
            "issuer": "https://login.example.com",
            "audience": "llm",
            "jwksUri": "https://login.example.com/keys",
            "clientClaim": "sub",
        },
        "replicas": 1,
        "requestTimeoutSeconds": 900,
        "idleTimeoutSeconds": 300,
        "maxRequestMib": 20,
        "requestsPerMinute": 600,
        "sharedHost": False,
        "tokensPerMinute": 1000,
    },
    "tenants": {
        "name": "tenant",
        "models": ["model"],
        "requestsPerMinute": 600,
        "tokensPerMinute": 1000,
        "namespace": {"cpu": 1.0, "memoryGib": 1.0, "pods": 1},
    },
    "observability": {
        "enabled": True,
        "metrics": {
            "replicas": 1,
            "cpu": 0.1,
            "memoryGib": 1.0,
            "retentionDays": 7,
            "storageGib": 20,
            "managed": False,
        },
        "traces": {
            "enabled": True,
            "samplePercent": 10.0,
            "retentionDays": 7,
            "cpu": 0.1,
            "memoryGib": 1.0,
        },
        "phoenix": {
            "url": "https://phoenix.example.com/v1/traces",
            "prompts": True,
            "addresses": ["203.0.113.10/32"],
        },
        "logs": {
            "store": "loki",
            "hotDays": 7,
            "keepDays": 30,
            "replicas": 1,
            "cpu": 0.1,
            "memoryGib": 1.0,
            "elasticsearch": {"url": "https://elastic.example.com:9200/_otlp"},
        },
        "cost": {"enabled": False},
        "remoteWrite": {"url": "https://metrics.example.com/api/v1/write", "token": False},
        "slack": {"channel": "#alerts", "alerts": "all"},
        "pagerduty": {"alerts": "page"},
        "email": {
            "to": "oncall@example.com",
            "sender": "alerts@example.com",
            "smarthost": "smtp.example.com:587",
            "username": "alerts",
            "alerts": "all",
        },
        "webhook": {"alerts": "all"},
        "dingtalk": {"alerts": "all"},
        "feishu": {"alerts": "all"},
        "deadMansSwitch": False,
    },
    "hub": {"endpoints": ["https://huggingface.co"], "token": False},
    "budget": {
        "monthlyUsd": 1.0,
        "receivers": ["finance@example.com"],
        "hourlyUsd": 1.0,
        "changeUsd": 1.0,
        "gpus": 1,
        "onUnknown": "warn",
    },
    "slo": {
        "ttftMilliseconds": 500,
        "itlMilliseconds": 50,
        "latencyPercent": 95.0,
        "probeMilliseconds": 2000,
        "errorPercent": 1.0,
        "availabilityPercent": 99.9,
    },
    "preview": {"expires": "2026-12-01"},
    "workingHours": {"hours": "08:00-19:00", "days": ["monday"], "timeZone": "UTC"},
    "gpuPools": {
        "name": "pool",
        "gpu": "L4",
        "gpusPerNode": 1,
        "machineType": "g6.2xlarge",
        "spotMachineTypes": ["g6.2xlarge"],
        "onDemand": {"min": 0, "max": 1},
        "spot": {"min": 0, "max": 1},
        "flexStart": {"min": 0, "max": 1},
        "diskGib": 200,
        "localStorage": "none",
        "nodeRepair": True,
        "placementGroup": False,
        "efa": False,
        "reservation": {
            "id": "cr-0123456789abcdef0",
            "kind": "capacity-reservation",
            "zone": "us-east-1a",
        },
    },
    "models": {
        "name": "model",
        "alsoServes": ["other"],
        "canary": {"model": "other", "percent": 0},
        "fallback": "other",
        "source": "organization/name",
        "revision": "0" * 40,
        "weights": "bucket",
        "weightsGib": 1.0,
        "engine": "vllm",
        "pool": "pool",
        "replicas": {"min": 1, "max": 1, "onDemand": 0},
        "context": 4096,
        "tensorParallel": 1,
        "dtype": "auto",
        "gpuMemoryUtilization": 0.9,
        "maxConcurrentRequests": 1,
        "maxQueuedRequests": 1,
        "cpu": 2.0,
        "memoryGib": 8.0,
        "sharedMemoryGib": 1.0,
        "startupTimeoutSeconds": 600,
        "drainSeconds": 60,
    },
}
"""A valid value for every setting. A spec with stand-ins is never returned."""
_ABSENT = object()


@dataclass(frozen=True)
class Follows:
    """Settings of a section that follow from others. What is wrong with those is reported there."""

    underived: set[str] = field(default_factory=set)
    """Settings that could not be derived. They get stand-ins."""
    copied: set[Path] = field(default_factory=set)
    """Settings that have the value of another one, and its mistakes."""


@dataclass(frozen=True)
class Draft(Generic[S]):
    """A typed section and which of its settings are stand-ins."""

    spec: S
    path: Path
    bad: frozenset[Path]

    def good(self, *settings: str) -> bool:
        """Return whether none of these settings (`replicas.min`) is a stand-in or holds one."""
        return not any(self._is_bad(tuple(setting.split("."))) for setting in settings)

    def at(self, setting: str) -> Path:
        """Return the path of a setting in the stack file."""
        return (*self.path, *setting.split("."))

    def _is_bad(self, setting: Path) -> bool:
        return any(bad[: len(setting)] == setting[: len(bad)] for bad in self.bad)


def draft(
    model: type[S], values: dict[str, object], path: Path, report: Report, follows: Follows
) -> Draft[S]:
    """Return a section as a typed object; its mistakes go to the report.

    Args:
        model: Class of the section.
        values: Effective values, defaults applied.
        path: Where the section stands.
        report: Takes the mistakes.
        follows: Settings that follow from others.
    """
    section = str(path[0])
    bad: set[Path] = {(setting,) for setting in follows.underived}
    for setting in bad:
        _stand_in(values, setting, STAND_INS[section])
    try:
        return Draft(_validated(model, values), path, frozenset(bad))
    except ValidationError as error:
        details = error.errors()
        meant = misspelt(model, details)
        for detail in details:
            loc = tuple(detail["loc"])
            is_meant = detail["type"] == "missing" and loc in meant
            if not is_meant and loc not in follows.copied:
                report_field(model, detail, path, report)
            bad.add(loc)
    for loc in sorted(bad, key=len):
        _stand_in(values, loc, STAND_INS[section])
    return Draft(_validated(model, values), path, frozenset(bad))


def blank(model: type[S], path: Path) -> Draft[S]:
    """Return a section of which nothing is known, because it is missing or not a mapping."""
    values = deepcopy(dict(STAND_INS[str(path[0])]))
    return Draft(_validated(model, values), path, frozenset({()}))


def refuse_stand_ins(*drafts: Draft) -> None:
    """Refuse to build from stand-ins.

    Each has a mistake behind it, so this cannot happen; if it did, a platform would be built that
    nobody described.

    Raises:
        AssertionError: a section has one.
    """
    if broken := [draft.path for draft in drafts if draft.bad]:
        message = f"stand-ins without a mistake, got {broken}; report this as a bug of infra.spec"
        raise AssertionError(message)


def _validated(model: type[S], values: Mapping[str, object]) -> S:
    # By alias only: a stack file has one spelling for each setting.
    return model.model_validate(values, by_alias=True, by_name=False)


def _stand_in(values: object, loc: Path, good: object) -> None:
    head, *rest = loc
    found = _inside(good, head)
    if isinstance(values, list) and isinstance(head, int):
        values[head] = deepcopy(found) if not rest else values[head]
        return
    if not isinstance(values, dict):
        return
    if found is _ABSENT:
        values.pop(head, None)  # an unknown setting
    elif rest and isinstance(values.get(head), (dict, list)):
        _stand_in(values[head], tuple(rest), found)
    else:
        values[head] = deepcopy(found)


def _inside(good: object, key: str | int) -> object:
    if isinstance(good, Mapping):
        return good.get(key, _ABSENT)
    if isinstance(good, list) and good:
        return good[0]
    return _ABSENT
