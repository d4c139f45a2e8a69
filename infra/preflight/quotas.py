"""What a stack needs of an account's quotas, and which of them a given account must have raised.

Owns the comparison. The sums are a cloud's: `aws.needs`, `gcp.needs`. They are about one stack
alone: what else the account uses of a quota comes on top.
"""

from infra.preflight.aws import needs as aws_needs
from infra.preflight.facts import Facts
from infra.preflight.gcp import needs as gcp_needs
from infra.preflight.known import known_quotas
from infra.preflight.quota import Increase, QuotaNeed, summed
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec


def needs(spec: StackSpec) -> list[QuotaNeed]:
    """Return what a stack needs of each quota, in the order of the catalogue.

    A stack that builds no foundation needs nothing: machines and networks are its base's.

    Raises:
        UnknownMachineError: the catalogue lacks a machine type.
        UnknownBucketError: no source says against which quota a machine type counts.
    """
    if Layer.FOUNDATION not in spec.layers:
        return []
    of_cloud = aws_needs if spec.cloud.provider is CloudProvider.AWS else gcp_needs
    return summed(of_cloud.parts(spec), known_quotas(spec.cloud.provider))


def increases(spec: StackSpec, facts: Facts) -> list[Increase]:
    """Return what an account must ask for before a stack can grow to its maximum."""
    return [
        Increase(
            quota=need.quota,
            have=facts.quota(need.quota.code),
            need=need.at_maximum,
            need_at_once=need.at_minimum,
            because=need.because,
        )
        for need in needs(spec)
        if need.quota.code in facts.quotas and need.at_maximum > facts.quota(need.quota.code)
    ]


def untold(spec: StackSpec, facts: Facts) -> list[QuotaNeed]:
    """Return what a stack needs of quotas that nobody tells: neither zero nor enough."""
    return [need for need in needs(spec) if need.quota.code not in facts.quotas]
