"""The right to connect to an instance of the managed cache on Google Cloud.

Owns the one grant. Does not own the account that gets it, nor who uses it. Nobody does before the
gateway.
Why a service account, where other workloads are granted straight to their pods: Memorystore's IAM
knows user accounts and service accounts, and no other principals (Memorystore for Valkey, "About
IAM authentication", in a public copy of 2026-04, read 2026-11-27).
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.identity import RoleMaker
from components.gcp.policies import CONNECT_TO_CACHE, account_member, only_cache
from components.handles import CacheRef


class CacheAccessError(ValueError):
    """A right to a cache that is not IAM's to give."""


def let_connect(
    name: str, ref: CacheRef, account_email: pulumi.Output[str], roles: RoleMaker
) -> gcp.projects.IAMMember:
    """Let a service account connect to one instance; pods take the account on.

    Memorystore has no policy on an instance of its own: the grant is on the project, with a
    condition that names the instance.

    Raises:
        CacheAccessError: the instance runs inside the cluster.
    """
    if not ref.rights_name:
        message = (
            "cache: IAM has no say over a cache inside the cluster, got no instance; label the "
            "namespace of its client, and give it the user's password"
        )
        raise CacheAccessError(message)
    (instance,) = ref.rights_name
    condition = only_cache(instance)
    return gcp.projects.IAMMember(
        name,
        project=roles.project.id,
        role=roles.create(CONNECT_TO_CACHE),
        member=account_member(account_email),
        condition=gcp.projects.IAMMemberConditionArgs(
            title=condition["title"], expression=condition["expression"]
        ),
        opts=pulumi.ResourceOptions(parent=roles.parent),
    )
