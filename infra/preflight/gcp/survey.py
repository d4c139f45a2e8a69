"""Everything that a preflight asks of a Google Cloud project, in the order of its table.

Owns the order, and that a refused question costs its own row alone. What Google gives no answer to
is not asked: whether spot or flex-start machines are to be had.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from infra.google_api import GoogleApi
from infra.preflight.findings import findings_rows
from infra.preflight.gcp import machines
from infra.preflight.gcp.account import project_facts
from infra.preflight.gcp.network_checks import network_findings
from infra.preflight.gcp.services import service_findings
from infra.preflight.machines import machine_types, reservation_row
from infra.preflight.quota_rows import quota_rows
from infra.preflight.survey import Survey
from infra.preflight.verdict import NO_ANSWER, Row, Verdict, asked, not_asked, unknown, why_unknown
from infra.replies import blocks, optional_text, texts
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec

if TYPE_CHECKING:
    from infra.wire import Value

CHANNEL = "REGULAR"
"""The release channel of the platform's clusters (`components.gcp.cluster`; a test compares)."""
SAMPLE = (
    "artifactregistry.repositories.create",
    "cloudkms.cryptoKeys.create",
    "cloudkms.keyRings.create",
    "compute.firewalls.create",
    "compute.networks.create",
    "compute.routers.create",
    "compute.subnetworks.create",
    "container.clusters.create",
    "iam.roles.create",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.create",
    "logging.buckets.update",
    "logging.sinks.create",
    "monitoring.alertPolicies.create",
    "resourcemanager.projects.setIamPolicy",
    "secretmanager.secrets.create",
    "storage.buckets.create",
)
"""Some permissions that a first `up` needs on the project itself (IAM permissions reference, 2026).
What is asked of one cluster is not among them: an account may be held to its own."""


def survey(api: GoogleApi, spec: StackSpec) -> Survey:
    """Ask a project all that a stack needs of it.

    Raises:
        PreflightError: there are no credentials.
    """
    facts = replace(project_facts(api), name=f"project {api.project}")
    if Layer.FOUNDATION not in spec.layers:
        return Survey(facts, api.project, [])
    rows = quota_rows(spec, facts)
    sold, machine_rows = _machines(api, spec)
    rows += machine_rows
    for pool in spec.gpu_pools:
        if reservation := pool.reservation:
            row = reservation_row(pool, reservation)
            rows += asked(
                row,
                lambda pool=pool, reservation=reservation: machines.reservation_rows(
                    api, pool, reservation
                ),
            )
    rows += asked(_version_row(spec), lambda: _versions(api, spec))
    enabled = not_asked("API", api.project, "all that the stack uses enabled")
    rows += asked(enabled, lambda: findings_rows(enabled, service_findings(api, spec)))
    rows += asked(_permission_row(), lambda: _permissions(api))
    rows += network_rows(api, spec)
    return Survey(replace(facts, offerings=sold), api.project, rows)


def network_rows(api: GoogleApi, spec: StackSpec) -> list[Row]:
    """Return what is said of the network that a stack names; nothing where it makes its own."""
    if not spec.network.is_foreign:
        return []
    row = not_asked("network", spec.network.vpc_id or "", "room, ways out, ranges, names")
    return asked(row, lambda: findings_rows(row, network_findings(api, spec)))


def _machines(api: GoogleApi, spec: StackSpec) -> tuple[dict[str, tuple[str, ...]], list[Row]]:
    """Return which zones sell the machines of a stack, and the rows on it."""
    names = machine_types(spec)
    try:
        zones = machines.zones_of(api)
    except NO_ANSWER as error:
        why = why_unknown(error)
        return {}, [unknown(machines.machine_row(name, spec), why) for name in names]
    sold: dict[str, tuple[str, ...]] = {}
    rows: list[Row] = []
    for name in names:
        try:
            sold[name] = machines.sold_in(api, name, zones)
        except NO_ANSWER as error:
            rows.append(unknown(machines.machine_row(name, spec), why_unknown(error)))
            continue
        rows += machines.machine_rows(name, spec, sold[name])
    return sold, rows


def _version_row(spec: StackSpec) -> Row:
    need = f"{spec.cluster.kubernetes_version} in the {CHANNEL.lower()} channel"
    return not_asked("version", "Kubernetes", need)


def _versions(api: GoogleApi, spec: StackSpec) -> Iterator[Row]:
    row, minor = _version_row(spec), spec.cluster.kubernetes_version
    place = f"projects/{api.project}/locations/{api.region}"
    reply = api.call("container.projects.locations.getServerConfig", None, name=place)
    (channel,) = [
        one for one in blocks(reply, "channels") if optional_text(one, "channel") == CHANNEL
    ] or [{}]
    valid = texts(channel, "validVersions")
    there = [version for version in valid if version.startswith(f"{minor}.")]
    if there:
        yield row.said(there[0], Verdict.ENOUGH)
    elif valid:
        step = "set cluster.kubernetesVersion to a minor version that the channel has"
        yield row.said(", ".join(valid[:5]), Verdict.SHORT, step)
    else:
        yield row.said("unknown", Verdict.UNKNOWN, "GKE names no version of the channel")


def _permission_row() -> Row:
    return not_asked("permission", "to bring it up", f"{len(SAMPLE)} permissions of a first up")


def _permissions(api: GoogleApi) -> Iterator[Row]:
    row = _permission_row()
    wanted: list[Value] = [*SAMPLE]
    reply = api.call(
        "cloudresourcemanager.projects.testIamPermissions",
        {"permissions": wanted},
        resource=api.project,
    )
    held = texts(reply, "permissions")
    lacking = [name for name in SAMPLE if name not in held]
    if lacking:
        steps = (
            f"the caller lacks {', '.join(lacking)}",
            f"whoever owns {api.project} grants them",
        )
        yield row.said(f"{len(lacking)} lacking", Verdict.SHORT, *steps)
    else:
        yield row.said("all granted", Verdict.ENOUGH)
