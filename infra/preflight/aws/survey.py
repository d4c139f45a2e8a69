"""Everything that a preflight asks of an AWS account, in the order of its table.

Owns the order, and that a refused question costs its own row alone.
"""

from dataclasses import replace

from infra.aws_api import AwsApi
from infra.preflight.aws import capacity, machines, permissions, versions
from infra.preflight.aws.account import account_facts
from infra.preflight.aws.network_checks import network_findings
from infra.preflight.findings import findings_rows
from infra.preflight.machines import machine_types
from infra.preflight.quota_rows import quota_rows
from infra.preflight.survey import Survey
from infra.preflight.verdict import NO_ANSWER, Row, asked, not_asked, unknown, why_unknown
from infra.replies import text
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec


def survey(api: AwsApi, spec: StackSpec) -> Survey:
    """Ask an account all that a stack needs of it.

    Raises:
        PreflightError: there are no credentials.
    """
    account = _account(api)
    facts = replace(account_facts(api), name=f"account {account}" if account else "this account")
    if Layer.FOUNDATION not in spec.layers:
        return Survey(facts, account, [])
    rows = quota_rows(spec, facts)
    sold, machine_rows = _machines(api, spec)
    addons, addon_rows = _addons(api, spec)
    kubernetes = versions.version_row(spec)
    rows += machine_rows
    rows += capacity.capacity_rows(api, spec)
    rows += asked(kubernetes, lambda: versions.version_rows(api, spec))
    rows += addon_rows
    for kind in versions.image_kinds(spec):
        image = versions.image_row(kind)
        rows += asked(image, lambda kind=kind: versions.image_rows(api, spec, kind))
    rows += asked(permissions.permission_row(), lambda: permissions.permission_rows(api, spec))
    rows += network_rows(api, spec)
    return Survey(replace(facts, offerings=sold, addon_versions=addons), account, rows)


def network_rows(api: AwsApi, spec: StackSpec) -> list[Row]:
    """Return what is said of the network that a stack names; nothing where it makes its own."""
    if not spec.network.is_foreign:
        return []
    row = not_asked("network", spec.network.vpc_id or "", "room, ways out, zones, names")
    return asked(row, lambda: findings_rows(row, network_findings(api, spec)))


def _account(api: AwsApi) -> str:
    try:
        return text(api.call("sts", "GetCallerIdentity"), "Account")
    except NO_ANSWER as error:
        why_unknown(error)  # without credentials there is nothing to ask
        return ""


def _machines(api: AwsApi, spec: StackSpec) -> tuple[dict[str, tuple[str, ...]], list[Row]]:
    """Return which zones sell the machines of a stack, and the rows on it."""
    names = tuple(machine_types(spec))
    try:
        sold = machines.offerings(api, names)
        zones = machines.zones_of(api, spec)
    except NO_ANSWER as error:
        why = why_unknown(error)
        rows = [not_asked("machine", name, "sold in a zone of the network") for name in names]
        return {}, [unknown(row, why) for row in rows]
    return sold, list(machines.machine_rows(spec, sold, zones))


def _addons(api: AwsApi, spec: StackSpec) -> tuple[dict[str, tuple[str, ...]], list[Row]]:
    """Return the versions of each add-on that EKS tells, and a row for each."""
    told: dict[str, tuple[str, ...]] = {}
    rows: list[Row] = []
    for name in versions.addon_names():
        try:
            told[name] = versions.addon_versions(api, spec, name)
        except NO_ANSWER as error:
            rows.append(unknown(versions.addon_row(name), why_unknown(error)))
            continue
        rows += versions.addon_rows(name, told[name])
    return told, rows
