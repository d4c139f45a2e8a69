"""The right to connect to an instance of the managed cache on AWS.

Owns the one statement that a role needs. Does not own the role, nor who gets it: whoever uses a
cache puts the statement into the document of its own role. Nobody does before the gateway.
"""

from components.aws.policies import Statement
from components.handles import CacheRef

CONNECT = "elasticache:Connect"


class CacheAccessError(ValueError):
    """A right to a cache that is not IAM's to give."""


def connect(ref: CacheRef) -> Statement:
    """Return the statement that lets a role connect to one instance as its user.

    It names the group and the user (ElastiCache user guide, "Authenticating with IAM", 2026): with
    one of them alone a role could come in as another user, or elsewhere as this one.

    Raises:
        CacheAccessError: the instance runs inside the cluster.
    """
    if not ref.rights_name:
        message = (
            "cache: IAM has no say over a cache inside the cluster, got no ARN; label the "
            "namespace of its client, and give it the user's password"
        )
        raise CacheAccessError(message)
    return Statement(sid="ConnectToCache", actions=(CONNECT,), resources=ref.rights_name)
