"""How what keeps things is found: buckets, repositories, secrets, zones, logs and samples; tags."""

from collections.abc import Mapping, Sequence
from functools import partial

from infra.aws_api import AwsApi, listed
from infra.cloud_error import CloudApiError
from infra.recovery.aws.tags import wears
from infra.recovery.candidates import (
    BY_CONTENT,
    BY_NAME,
    BY_TAGS,
    Candidate,
    Condition,
    Finder,
    called,
)
from infra.replies import dig, optional_text, tag_map, text
from infra.wire import Properties, Value

SETTINGS = {
    "bucketVersioning:BucketVersioning": ("GetBucketVersioning", "Status"),
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "GetBucketEncryption",
        "ServerSideEncryptionConfiguration",
    ),
    "bucketPublicAccessBlock:BucketPublicAccessBlock": (
        "GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
    ),
    "bucketOwnershipControls:BucketOwnershipControls": (
        "GetBucketOwnershipControls",
        "OwnershipControls",
    ),
    "bucketPolicy:BucketPolicy": ("GetBucketPolicy", "Policy"),
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        "GetBucketLifecycleConfiguration",
        "Rules",
    ),
}
"""Setting of a bucket to the call that reads it, and where the reply has it. A bucket has each at
most once, and S3 sets some by itself: the read that follows adoption shows what differs."""


def _buckets(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a bucket by its name, which the provider drew for this create.

    Its tags are put by a second call: a kill between the two leaves a bucket without any.
    """
    wanted = text(inputs, "bucket")
    found = []
    for item in listed(api, "s3", "ListBuckets", "Buckets"):
        if called(name := item.get("Name"), wanted):
            tags = _bucket_tags(api, str(name))
            ours = not tag_map(tags) or wears(tags, inputs)
            found.append(Candidate(str(name), ours=ours, as_made={"bucket": name}))
    return found


def _bucket_tags(api: AwsApi, bucket: str) -> Value:
    try:
        return dig(api.call("s3", "GetBucketTagging", Bucket=bucket), "TagSet")
    except CloudApiError as error:
        if error.code == "NoSuchTagSet":
            return None
        raise


def _setting(operation: str, at: str, api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    bucket = text(inputs, "bucket")
    reply = api.call("s3", operation, Bucket=bucket)
    return [Candidate(bucket)] if dig(reply, at) else []


def _repositories(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    name = text(inputs, "name")
    reply = api.call("ecr", "DescribeRepositories", repositoryNames=[name])
    arn = text(reply, "repositories.0.repositoryArn")
    tags = dig(api.call("ecr", "ListTagsForResource", resourceArn=arn), "tags")
    return [Candidate(name, ours=wears(tags, inputs))]


def _image_lifecycles(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    name = text(inputs, "repository")
    api.call("ecr", "GetLifecyclePolicy", repositoryName=name)
    return [Candidate(name)]


def _image_caches(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    prefix = text(inputs, "ecrRepositoryPrefix")
    reply = api.call("ecr", "DescribePullThroughCacheRules", ecrRepositoryPrefixes=[prefix])
    upstream = text(reply, "pullThroughCacheRules.0.upstreamRegistryUrl")
    return [Candidate(prefix, ours=upstream == inputs.get("upstreamRegistryUrl"))]


def _secrets(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a secret; one that waits for its end cannot be used and keeps its name."""
    found = api.call("secretsmanager", "DescribeSecret", SecretId=text(inputs, "name"))
    if found.get("DeletedDate"):
        return []
    return [Candidate(text(found, "ARN"), ours=wears(found.get("Tags"), inputs))]


def _zones(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a zone; Route 53 takes several of one name, so that its comment must be ours too.

    Its tags are put by a second call, as those of a bucket are.
    """
    found = []
    for item in listed(api, "route53", "ListHostedZones", "HostedZones"):
        if text(item, "Name").removesuffix(".") == text(inputs, "name"):
            zone = text(item, "Id").rpartition("/")[2]
            tags = _zone_tags(api, zone)
            said = dig(item, "Config.Comment") == inputs.get("comment")
            found.append(Candidate(zone, ours=said and (not tags or wears(tags, inputs))))
    return found


def _zone_tags(api: AwsApi, zone: str) -> Value:
    found = api.call("route53", "ListTagsForResource", ResourceType="hostedzone", ResourceId=zone)
    return dig(found, "ResourceTagSet.Tags")


def _log_groups(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a log group; EKS makes one of the same name by itself, without our tags."""
    wanted = text(inputs, "name")
    prefix = wanted.partition("?")[0]
    found = []
    for item in listed(api, "logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=prefix):
        if called(name := item.get("logGroupName"), wanted):
            arn = text(item, "arn").removesuffix(":*")  # as ListTagsForResource wants it
            tags = dig(api.call("logs", "ListTagsForResource", resourceArn=arn), "tags")
            named: Properties = {"name": name}
            found.append(Candidate(str(name), ours=wears(tags, inputs), as_made=named))
    return found


def _log_streams(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a stream of a log group; that group is ours, or nothing of the stream is."""
    group, wanted = text(inputs, "logGroupName"), text(inputs, "name")
    found = listed(
        api,
        "logs",
        "DescribeLogStreams",
        "logStreams",
        logGroupName=group,
        logStreamNamePrefix=wanted,
    )
    # Its id is its name alone (terraform-provider-aws, aws_cloudwatch_log_stream).
    return [Candidate(wanted) for item in found if item.get("logStreamName") == wanted]


_OF_WORKSPACES = {"CREATING": Condition.COMING, "CREATION_FAILED": Condition.FAILED}
"""State of a store of samples that is not ready (its API reference, 2026)."""


def _workspaces(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a store of samples; several may have one alias."""
    return [
        Candidate(
            text(item, "workspaceId"),
            condition=_OF_WORKSPACES.get(optional_text(item, "status.statusCode"), Condition.READY),
            ours=wears(item.get("tags"), inputs),
        )
        for item in listed(api, "amp", "ListWorkspaces", "workspaces", alias=inputs.get("alias"))
        if item.get("alias") == inputs.get("alias")
    ]


def _scaling_tags(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    group, key = text(inputs, "autoscalingGroupName"), text(inputs, "tag.key")
    filters: Value = [
        {"Name": "auto-scaling-group", "Values": [group]},
        {"Name": "key", "Values": [key]},
    ]
    found = listed(api, "autoscaling", "DescribeTags", "Tags", Filters=filters)
    return [Candidate(f"{group},{key}") for _item in found]


FINDERS: Mapping[str, Finder[AwsApi]] = {
    "aws:s3/bucket:Bucket": Finder(BY_NAME, _buckets),
    **{
        f"aws:s3/{name}": Finder(BY_CONTENT, partial(_setting, operation, at))
        for name, (operation, at) in SETTINGS.items()
    },
    "aws:ecr/repository:Repository": Finder(BY_NAME, _repositories),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Finder(BY_CONTENT, _image_lifecycles),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": Finder(BY_CONTENT, _image_caches),
    "aws:secretsmanager/secret:Secret": Finder(BY_NAME, _secrets),
    "aws:route53/zone:Zone": Finder(BY_NAME, _zones),
    "aws:cloudwatch/logGroup:LogGroup": Finder(BY_NAME, _log_groups),
    "aws:cloudwatch/logStream:LogStream": Finder(BY_CONTENT, _log_streams),
    "aws:amp/workspace:Workspace": Finder(BY_TAGS, _workspaces),
    "aws:autoscaling/tag:Tag": Finder(BY_CONTENT, _scaling_tags),
}
