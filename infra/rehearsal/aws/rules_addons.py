"""What EKS refuses of add-ons, with EKS's own codes and, where they were seen, its words.

Seen: "Addon already exists." (crossplane-contrib/provider-aws#1310), "Addon specified is not
supported" (aws/containers-roadmap#1429), "Addon version specified is not supported"
(hashicorp/terraform-provider-aws#33385), "Resolve conflicts option … is not supported for
operation CreateAddon" (eksctl-io/eksctl#5880).
"""

from infra.rehearsal.aws.addon_catalogue import ADDONS
from infra.rehearsal.aws.addon_versions import versions_for
from infra.rehearsal.aws.addon_workloads import AddonKind
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, optional_text, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.system_workloads import NAMESPACE
from infra.wire import Properties

INVALID = "InvalidParameterException"


def kind_of(parameters: Properties, operation: str) -> AddonKind:
    """Return the add-on that a call names."""
    name = text(parameters, "addonName")
    if name not in ADDONS:
        message = (
            f"Addon specified is not supported: {name} (the rehearsal knows {', '.join(ADDONS)})"
        )
        raise AwsError(message, operation, INVALID)
    return ADDONS[name]


def version_of(kind: AddonKind, parameters: Properties, kubernetes: str, operation: str) -> str:
    """Return the version that a call names, or the default for the cluster's version."""
    known = versions_for(kind.name, kubernetes)
    wanted = optional_text(parameters, "addonVersion") or next(iter(known), "")
    if wanted not in known:
        message = (
            f"Addon version specified is not supported: {kind.name} {wanted} on Kubernetes "
            f"{kubernetes} (the rehearsal knows {', '.join(known) or 'none'})"
        )
        raise AwsError(message, operation, INVALID)
    return wanted


def played(kind: AddonKind, parameters: Properties) -> None:
    """Refuse what no rehearsal has needed yet, rather than let it pass without an effect."""
    refused = []
    if optional_text(parameters, "serviceAccountRoleArn"):
        refused.append("serviceAccountRoleArn; use podIdentityAssociations")
    if optional_text(parameters, "namespaceConfig.namespace") not in ("", NAMESPACE):
        refused.append(f"a namespace other than {NAMESPACE}")
    for item in blocks(parameters, "podIdentityAssociations"):
        account = text(item, "serviceAccount")
        if account not in kind.roles_for:
            known = ", ".join(kind.roles_for) or "none"
            refused.append(
                f"a role for service account {account}; its accounts with rights: {known}"
            )
    if refused:
        message = f"not simulated: add-on {kind.name} with {'; with '.join(refused)}"
        raise NotSimulatedError(message)


def can_be_created(parameters: Properties) -> None:
    """A new add-on has nothing of its own that it could preserve."""
    if parameters.get("resolveConflicts") == "PRESERVE":
        message = "Resolve conflicts option preserve is not supported for operation CreateAddon"
        raise AwsError(message, "CreateAddon", INVALID)
