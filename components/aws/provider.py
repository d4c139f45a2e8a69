"""The AWS provider that every AWS resource of a stack is created with.

Owns region and default tags. Does not own credentials: the SDK's own chain finds them.
Why explicit: the default provider is disabled for the project, so that no resource lands in
whatever region and account a terminal happens to point at.
"""

import pulumi
import pulumi_aws as aws

from components.aws.tags import common_tags
from components.handles import PlatformRef


def aws_provider(
    name: str, platform: PlatformRef, opts: pulumi.ResourceOptions | None = None
) -> aws.Provider:
    """Return the provider for the platform's region."""
    return aws.Provider(
        name,
        region=platform.region,
        default_tags=aws.ProviderDefaultTagsArgs(tags=common_tags(platform)),
        opts=opts,
    )
