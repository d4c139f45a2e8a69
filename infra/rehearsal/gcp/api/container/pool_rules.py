"""What GKE refuses of a node pool, before it makes anything.

Sources of words: keras-team/kinetic#305 (2026-08-14) for a machine type, skypilot-org/skypilot#212
(2022-01-18) for a GPU on a machine that cannot have it (Compute Engine's),
hashicorp/terraform-provider-google#8387 (2021-02-04) for GPUs without a machine type,
GoogleCloudPlatform/software-delivery-workshop#34 (2022-05-10) for a service account,
terraform-google-modules/terraform-google-kubernetes-engine#902 (2021-05-20) for local SSDs,
hashicorp/terraform-provider-google#18341 (2024-06-06) for reservations and flex-start (of queued
provisioning), GoogleCloudPlatform/gsutil#1000 (2020-05-03) for a reservation that is too small,
kaiwaehner/hivemq-mqtt-tensorflow-kafka-realtime-iot-machine-learning-training-inference#48
(2021-10-14) for quotas of a region, jarokaz/mlops-labs#58 (2020-02-12) and kubeflow/examples#597
(2019-07-14) for one of all regions. No record was found of the other words. Which combinations GKE
refuses, and these have no record of their own: GKE documentation as remembered, and
GoogleCloudPlatform/cluster-toolkit@01a7a3e, modules/compute/gke-node-pool, which checks the same
before it calls.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from infra.catalog.machine_type import GcpMachine
from infra.rehearsal.gcp.api.compute.demand import demand_of_machine
from infra.rehearsal.gcp.api.compute.engine import ComputeEngine
from infra.rehearsal.gcp.api.compute.places import machine_type
from infra.rehearsal.gcp.api.compute.quotas import GLOBAL
from infra.rehearsal.gcp.api.container.pool_machines import capacity_of, local_ssds
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.api.iam.accounts import Accounts
from infra.rehearsal.gcp.api.iam.names import robot
from infra.rehearsal.gcp.api.names import last, region_of
from infra.rehearsal.gcp.api.project import Request
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import block, blocks, dig, number, optional_text, text, texts
from infra.wire import Properties, Value

LONGEST_RUN_SECONDS = 7 * 24 * 3600
FLEX_START_TOGETHER = ("a3-ultragpu", "a4", "h4d")
"""Machines that flex-start places close together (GoogleCloudPlatform/cluster-toolkit#5737,
2026-06-04)."""
ANY_NUMBER_OF_SSDS = ("a2-highgpu", "a2-megagpu", "n2-standard")
"""Families whose machines take one SSD or more; others have all of theirs or none."""
TOO_MANY_REQUESTS = 429
ASKED_OF_THE_PROJECT = "CPUS_ALL_REGIONS"
"""The quota of all regions that GKE asks itself. Of `GPUS_ALL_REGIONS` no such record was found:
there the machines find out."""
RESERVATION_KEY = "compute.googleapis.com/reservation-name"

Refusals = Iterator[GoogleError]


@dataclass(frozen=True)
class PoolRules:
    """What a pool is checked against."""

    compute: ComputeEngine
    accounts: Accounts
    keys: Keys

    def check(self, request: Request, pool: Properties, cluster: Properties) -> None:
        """Refuse a pool that GKE would refuse.

        Args:
            request: the call.
            pool: as it would be, with what GKE fills in.
            cluster: its cluster.

        Raises:
            GoogleError: the first refusal.
        """
        checks: tuple[Callable[[Request, Properties, Properties], Refusals], ...] = (
            self._machine,
            _local_ssds,
            _autoscaling,
            _flex_start,
            _placement,
            self._identity,
            self._reservation,
            self._quota,
        )
        for find in checks:
            for refusal in find(request, pool, cluster):
                raise refusal

    def check_bounds(self, request: Request, pool: Properties) -> None:
        """Refuse bounds of the autoscaler that GKE would refuse.

        Raises:
            GoogleError: it does.
        """
        for refusal in _autoscaling(request, pool, {}):
            raise refusal

    def _machine(self, request: Request, pool: Properties, _cluster: Properties) -> Refusals:
        kind = machine_type(text(pool, "config.machineType"))
        for zone in texts(pool, "locations"):
            if kind is None or not self.compute.market.sells(zone, kind.name):
                name = text(pool, "config.machineType")
                yield _bad(
                    request, f'Invalid machine type "{name}" in zone "{zone}": GCE_NOT_FOUND'
                )
        if kind is not None:
            yield from _accelerators(request, pool, kind)
            yield from _buying(request, pool, kind)
            disk = text(pool, "config.diskType")
            if disk not in kind.boot_disks:
                yield _bad(request, f"[{disk}, {kind.name}] features are not compatible.")

    def _identity(self, request: Request, pool: Properties, cluster: Properties) -> Refusals:
        email = optional_text(pool, "config.serviceAccount")
        if not self.accounts.exists(email):
            yield _bad(request, f'Service account "{email}" does not exist.')
        mode = optional_text(pool, "config.workloadMetadataConfig.mode")
        if mode == "GKE_METADATA" and not dig(cluster, "workloadIdentityConfig.workloadPool"):
            message = (
                "Workload metadata mode GKE_METADATA needs Workload Identity to be enabled on the "
                "cluster."
            )
            yield _bad(request, message)
        key = optional_text(pool, "config.bootDiskKmsKey")
        agent = robot(request.project.number, "compute-system")
        reason = self.keys.why_unusable(key, agent) if key else ""
        if reason:
            yield _bad(request, f"Cloud KMS error when using key {key}: {reason}")

    def _reservation(self, request: Request, pool: Properties, _cluster: Properties) -> Refusals:
        affinity = block(pool, "config.reservationAffinity")
        if affinity.get("consumeReservationType") != "SPECIFIC_RESERVATION":
            return
        if affinity.get("key") != RESERVATION_KEY or not texts(affinity, "values"):
            yield _bad(
                request, f"A specific reservation needs the key {RESERVATION_KEY} and values."
            )
            return
        name = last(texts(affinity, "values")[0])
        for zone in texts(pool, "locations"):
            place = request.project.path("zones", zone, "reservations", name)
            found = request.project.store.get(place)
            if found is None:
                yield _bad(request, f'Reservation "{name}" not found in zone "{zone}".')
                continue
            kind = text(found, "specificReservation.instanceProperties.machineType")
            asked = number(pool, "initialNodeCount")
            free = int(str(dig(found, "specificReservation.count"))) - int(
                str(dig(found, "specificReservation.inUseCount"))
            )
            short = asked if last(kind) != text(pool, "config.machineType") else asked - free
            if short > 0:
                message = (
                    "Reservation does not have enough resources for the request: specific "
                    f'reservation "{name}" is insufficient for node pool "{pool["name"]}" at zone '
                    f'"{zone}": required {asked} and short of {short} VM count of machine type '
                    f"{text(pool, 'config.machineType')}."
                )
                yield request.refusal("rateLimitExceeded", message, TOO_MANY_REQUESTS)

    def _quota(self, request: Request, pool: Properties, _cluster: Properties) -> Refusals:
        kind = machine_type(text(pool, "config.machineType"))
        count = number(pool, "initialNodeCount") * len(texts(pool, "locations"))
        if kind is None or not count:
            return
        config = block(pool, "config")
        each = demand_of_machine(
            kind,
            capacity_of(pool),
            text(config, "diskType"),
            number(config, "diskSizeGb"),
            local_ssds=local_ssds(pool),
        )
        region = region_of(texts(pool, "locations")[0])
        demand = {metric: asked * count for metric, asked in each.items()}
        short = [
            one
            for one in self.compute.quotas.shortages(demand, region)
            if one.place != GLOBAL or one.metric == ASKED_OF_THE_PROJECT
        ]
        lines = [
            f"insufficient {'project' if one.place == GLOBAL else 'regional'} quota to satisfy "
            f"request: resource \"{one.metric}\": request requires '{one.asked}.0' and is short "
            f"'{one.short}.0'. project has a quota of '{one.limit}.0' with "
            f"'{one.limit - one.used}.0' available. View and manage quotas at "
            "https://console.cloud.google.com/iam-admin/quotas?usage=USED&project="
            f"{request.project.project}"
            for one in short
        ]
        if len(lines) == 1:
            yield request.refusal(Reason.FORBIDDEN, f"{lines[0][0].upper()}{lines[0][1:]}.")
        elif lines:
            found = "".join(f"\n\t({index}) {line}." for index, line in enumerate(lines, start=1))
            yield request.refusal(Reason.FORBIDDEN, found.removesuffix("."))


def _accelerators(request: Request, pool: Properties, kind: GcpMachine) -> Refusals:
    for accelerator in blocks(pool, "config.accelerators"):
        asked, count = text(accelerator, "acceleratorType"), accelerator.get("acceleratorCount")
        if asked != kind.accelerator:
            message = f"[{asked}, {kind.name}] features are not compatible for creating instance."
            yield _bad(request, message)
        elif int(str(count)) != kind.gpu_count:
            message = (
                f"Invalid accelerator count {count} for machine type {kind.name}: it has "
                f"{kind.gpu_count}."
            )
            yield _bad(request, message)


def _buying(request: Request, pool: Properties, kind: GcpMachine) -> Refusals:
    capacity = capacity_of(pool)
    affinity = optional_text(pool, "config.reservationAffinity.consumeReservationType")
    if capacity not in kind.sold_as and affinity != "SPECIFIC_RESERVATION":
        ways = ", ".join(sorted(kind.sold_as))
        message = f"Machine type {kind.name} is not sold as {capacity}; it is sold as {ways}."
        yield _bad(request, message)
    if dig(pool, "config.spot") and dig(pool, "config.flexStart"):
        yield _bad(request, "Spot and flex-start cannot be used together.")


def _local_ssds(request: Request, pool: Properties, _cluster: Properties) -> Refusals:
    ephemeral = dig(pool, "config.ephemeralStorageLocalSsdConfig.localSsdCount")
    volumes = dig(pool, "config.localNvmeSsdBlockConfig.localSsdCount")
    kind = machine_type(text(pool, "config.machineType"))
    if ephemeral and volumes:
        message = (
            "Can not use local SSDs as volumes when using ephemeral storage backed by local SSDs."
        )
        yield _bad(request, message)
    count = ephemeral or volumes or 0
    if kind is None or not isinstance(count, int) or not count:
        return
    free = kind.name.startswith(ANY_NUMBER_OF_SSDS)
    if count > kind.nvme_disks or (count != kind.nvme_disks and not free):
        allowed = f"1 to {kind.nvme_disks}" if free else f"{kind.nvme_disks}"
        message = (
            f"Invalid number of local SSDs for machine type {kind.name}, got {count}: it takes "
            f"{allowed}."
        )
        yield _bad(request, message)


def _autoscaling(request: Request, pool: Properties, _cluster: Properties) -> Refusals:
    autoscaling = block(pool, "autoscaling")
    if not autoscaling.get("enabled"):
        return
    for least, most in (
        ("minNodeCount", "maxNodeCount"),
        ("totalMinNodeCount", "totalMaxNodeCount"),
    ):
        low, high = (_count(autoscaling.get(field)) for field in (least, most))
        if low > high:
            yield _bad(request, f"Node pool autoscaling: {least} {low} is above {most} {high}.")
    if not _count(autoscaling.get("maxNodeCount")) and not _count(
        autoscaling.get("totalMaxNodeCount")
    ):
        yield _bad(request, "Node pool autoscaling: a maximum number of nodes must be set.")


def _flex_start(request: Request, pool: Properties, _cluster: Properties) -> Refusals:
    seconds = _seconds(pool)
    if not dig(pool, "config.flexStart"):
        return
    if seconds > LONGEST_RUN_SECONDS:
        message = f"maxRunDuration of flex-start is at most {LONGEST_RUN_SECONDS}s, got {seconds}s."
        yield _bad(request, message)
    affinity = optional_text(pool, "config.reservationAffinity.consumeReservationType")
    if affinity != "NO_RESERVATION":
        yield _bad(request, "Flex_start requires reservation affinity to be set to none")
    if not dig(pool, "autoscaling.enabled"):
        yield _bad(request, "Flex_start requires autoscaling to be enabled")
    if dig(pool, "management.autoRepair"):
        yield _bad(request, "Flex_start requires node auto-repair to be disabled")
    if number(pool, "initialNodeCount"):
        yield _bad(request, "Flex_start requires an initial node count of 0")


def _placement(request: Request, pool: Properties, _cluster: Properties) -> Refusals:
    policy = block(pool, "placementPolicy")
    if policy.get("type") != "COMPACT":
        return
    kind = machine_type(text(pool, "config.machineType"))
    if kind is not None and not kind.compact_placement:
        yield _bad(request, f"Compact placement is not supported for machine type {kind.name}.")
    if len(texts(pool, "locations")) > 1:
        yield _bad(request, "Compact placement is supported in a single zone only.")
    if dig(pool, "config.flexStart") and kind and not kind.name.startswith(FLEX_START_TOGETHER):
        message = (
            "Compact placement with flex-start is only supported for A3 Ultra, A4, and H4D machine "
            "types."
        )
        yield _bad(request, message)
    named = optional_text(policy, "policyName")
    if named:
        region = region_of(texts(pool, "locations")[0])
        place = request.project.path("regions", region, "resourcePolicies", last(named))
        if place not in request.project.store:
            yield request.refusal(Reason.NOT_FOUND, f"Not found: {place}.")


def _seconds(pool: Properties) -> int:
    written = optional_text(pool, "config.maxRunDuration")
    return int(float(written.removesuffix("s"))) if written else 0


def _count(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _bad(request: Request, message: str) -> GoogleError:
    return request.refusal(Reason.BAD_REQUEST, message)
