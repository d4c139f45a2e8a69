"""What a real bill has and no line here counts: said beside every estimate."""

from collections.abc import Mapping

_BOTH = (
    "traffic to the internet, answers to users included",
    "requests to buckets and registries",
    "versions of keys beyond the first, which each rotation adds",
    "load balancers that a controller in the cluster makes by itself",
    "support plans, taxes and negotiated discounts; free allowances are not deducted",
)
NOT_COUNTED: Mapping[str, tuple[str, ...]] = {
    "aws": (
        *_BOTH,
        "metrics of CloudWatch beyond those that every service reports",
        "queries of Route 53 Resolver endpoints and logs of DNS queries",
    ),
    "gcp": (
        *_BOTH,
        "queries of Cloud DNS by the cluster itself, where it uses it",
        "logs of firewall rules and of Cloud NAT, where they are on",
        "metrics of Managed Service for Prometheus beyond GKE's own",
    ),
}
"""By cloud."""
