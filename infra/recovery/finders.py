"""Every type of AWS that a stack creates, and how a pending create of it is found."""

from collections.abc import Mapping

from infra.recovery import in_ec2, in_eks, in_iam_and_keys, in_stores
from infra.recovery.candidates import Finder

FINDERS: Mapping[str, Finder] = {
    **in_ec2.FINDERS,
    **in_eks.FINDERS,
    **in_iam_and_keys.FINDERS,
    **in_stores.FINDERS,
}
