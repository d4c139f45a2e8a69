"""Checks of who may reach a cluster: address ranges, administrators, deployers of models.

Owns how each cloud writes a person or a role. Whether they exist is the cloud's to say.
"""

import re
from collections.abc import Mapping

from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.cluster import ClusterSpec
from infra.spec.draft import Draft
from infra.spec.environment import Environment
from infra.spec.mistakes import Path
from infra.spec.ranges import BadRange, is_everywhere, is_unroutable, parse_range
from infra.spec.report import Report

# EKS: service quotas, "Public endpoint access CIDR ranges per cluster". GKE: container API v1,
# revision 20261027, MasterAuthorizedNetworksConfig.cidrBlocks.
_MOST_RANGES: Mapping[CloudProvider, int] = {CloudProvider.AWS: 40, CloudProvider.GCP: 50}
_PRIVATE: Mapping[CloudProvider, str] = {
    CloudProvider.AWS: "is private or reserved, and EKS refuses such ranges here",
    CloudProvider.GCP: "is private or reserved, and nobody reaches the public endpoint from there",
}
_ARN = re.compile(r"arn:aws(-[a-z-]+)?:iam::\d{12}:(role|user)/[\w+=,.@/-]+")
_MEMBER = re.compile(r"(user|group|serviceAccount):[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
"""IAM documentation, "Principal identifiers" (v1 API), in a public copy, read 2026-11-26."""
_NO_PERSON = ("allUsers", "allAuthenticatedUsers", "domain:", "principal:", "principalSet:")


def check_access(
    cluster: Draft[ClusterSpec], cloud: Draft[CloudSpec], environment: Environment, report: Report
) -> None:
    """Check address ranges and identities."""
    if not cloud.good("provider"):
        return
    provider = cloud.spec.provider
    for index, text in enumerate(cluster.spec.endpoint_access):
        if cluster.good(f"endpointAccess.{index}"):
            path = (*cluster.at("endpointAccess"), index)
            _check_range(path, text, provider, environment, report)
    most = _MOST_RANGES[provider]
    if len(cluster.spec.endpoint_access) > most:
        report.add(
            cluster.at("endpointAccess"),
            "has too many ranges",
            len(cluster.spec.endpoint_access),
            allowed=f"at most {most}",
            next_step="join neighbouring ranges into a wider one",
        )
    lists = {"admins": cluster.spec.admins, "modelDeployers": cluster.spec.model_deployers}
    for setting, names in lists.items():
        # Whoever may take on a role of AWS is its trust policy's business: it has more forms.
        if setting == "modelDeployers" and provider is CloudProvider.AWS:
            continue
        for index, name in enumerate(names):
            if cluster.good(f"{setting}.{index}"):
                path = (*cluster.at(setting), index)
                _check_identity(path, name, names[:index], provider, report)


def _check_range(
    path: Path, text: str, provider: CloudProvider, environment: Environment, report: Report
) -> None:
    parsed = parse_range(text)
    if isinstance(parsed, BadRange):
        allowed = "IPv4 ranges such as 203.0.113.0/24"
        report.add(path, parsed.problem, text, allowed=allowed, next_step=parsed.next_step)
    elif is_unroutable(parsed):
        report.add(
            path,
            _PRIVATE[provider],
            text,
            allowed="public ranges; the network itself reaches the API server without one",
            next_step="write the public address of your office or VPN, or remove it",
        )
    elif environment is Environment.PROD and is_everywhere(parsed):
        report.add(
            path,
            "lets the internet reach a production API server",
            text,
            allowed="ranges of /8 and longer in prod",
            next_step="write the public ranges of your office, VPN and CI",
        )


def _check_identity(
    path: Path, name: str, before: tuple[str, ...], provider: CloudProvider, report: Report
) -> None:
    form = _ARN if provider is CloudProvider.AWS else _MEMBER
    if not form.fullmatch(name):
        report_form = _report_arn if provider is CloudProvider.AWS else _report_member
        report_form(path, name, report)
    elif name in before:
        report.add(
            path,
            "is named twice",
            name,
            allowed="each administrator once" if path[1] == "admins" else "each deployer once",
            next_step="remove one of the two",
        )


def _report_arn(path: Path, arn: str, report: Report) -> None:
    next_step = "copy the ARN of the role: `aws iam get-role --role-name NAME`"
    if ":sts:" in arn:
        next_step = "write the role itself, arn:aws:iam::ACCOUNT:role/NAME, not its session"
    elif arn.endswith(":root"):
        next_step = "name a role or a user; an access entry cannot be the account's root"
    report.add(
        path,
        "is not the ARN of an IAM role or user",
        arn,
        allowed="arn:aws:iam::111122223333:role/NAME or arn:aws:iam::111122223333:user/NAME",
        next_step=next_step,
    )


def _report_member(path: Path, member: str, report: Report) -> None:
    next_step = "write user:, group: or serviceAccount: and an e-mail address"
    if _MEMBER.fullmatch(f"user:{member}"):
        kind = "serviceAccount" if member.endswith(".gserviceaccount.com") else "user"
        next_step = f"write {kind}:{member}"
    elif member.startswith(_NO_PERSON):
        next_step = "name a person, a group or a service account; RBAC binds nothing else"
    report.add(
        path,
        "is not an IAM member",
        member,
        allowed="user:NAME@DOMAIN, group:NAME@DOMAIN or "
        "serviceAccount:NAME@PROJECT.iam.gserviceaccount.com",
        next_step=next_step,
    )
