"""Rows of ECR: repositories, their lifecycle, pull-through caches."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_iam import is_json
from infra.rehearsal.aws.table import ResourceType, deleted
from infra.rehearsal.aws.values import block, blocks, dig, tag_list, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value


def _read(region: Region, physical_id: str) -> Properties:
    names: list[Value] = [physical_id]
    reply = region.call("ecr", "describe_repositories", repositoryNames=names)
    found = block(reply, "repositories.0")
    arn = text(found, "repositoryArn")
    tags = region.call("ecr", "list_tags_for_resource", resourceArn=arn)
    return {**found, "tags": dig(tags, "tags")}


def _delete(region: Region, physical_id: str, outputs: Properties) -> None:
    """Delete it, with its images only where the program said so."""
    forced = outputs.get("forceDelete") is True
    region.call("ecr", "delete_repository", repositoryName=physical_id, force=forced)


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    arn = region.arn("ecr", f"repository/{physical_id}")
    if gone:
        keys: list[Value] = [*gone]
        region.call("ecr", "untag_resource", resourceArn=arn, tagKeys=keys)
    if changed:
        region.call("ecr", "tag_resource", resourceArn=arn, tags=tag_list(changed))


def _set_mutability(region: Region, change: Change) -> None:
    region.call(
        "ecr",
        "put_image_tag_mutability",
        repositoryName=change.physical_id,
        imageTagMutability=change.new.get("imageTagMutability", "MUTABLE"),
    )


def _set_scanning(region: Region, change: Change) -> None:
    wanted = dig(change.new, "imageScanningConfiguration.scanOnPush") is True
    region.call(
        "ecr",
        "put_image_scanning_configuration",
        repositoryName=change.physical_id,
        imageScanningConfiguration={"scanOnPush": wanted},
    )


def _read_lifecycle(region: Region, physical_id: str) -> Properties:
    return region.call("ecr", "get_lifecycle_policy", repositoryName=physical_id)


def _read_cache(region: Region, physical_id: str) -> Properties:
    prefixes: list[Value] = [physical_id]
    reply = region.call("ecr", "describe_pull_through_cache_rules", ecrRepositoryPrefixes=prefixes)
    found = blocks(reply, "pullThroughCacheRules")
    if not found:
        message = f"no pull through cache rule with the prefix '{physical_id}'"
        code = "PullThroughCacheRuleNotFoundException"
        raise AwsError(message, "DescribePullThroughCacheRules", code)
    return found[0]


def _update_cache(region: Region, change: Change) -> None:
    wanted = {name: change.new[name] for name in CACHE_IDENTITIES if name in change.new}
    region.call(
        "ecr", "update_pull_through_cache_rule", ecrRepositoryPrefix=change.physical_id, **wanted
    )


CACHE_IDENTITIES = ("credentialArn", "customRoleArn")

ROWS = (
    ResourceType(
        pulumi_type="aws:ecr/repository:Repository",
        service="ecr",
        create="create_repository",
        identity=lambda reply, _inputs: text(reply, "repository.repositoryName"),
        read=_read,
        delete=_delete,
        rename={"name": "repositoryName"},
        reading={
            "name": "repositoryName",
            "arn": "repositoryArn",
            "repositoryUrl": "repositoryUri",
        },
        settings=frozenset({"forceDelete"}),
        autoname="name",
        name_limit=256,  # ECR API reference, CreateRepository
        tags="lower-case list",
        retag=_retag,
        updates=(
            updating("imageTagMutability", source="PutImageTagMutability", apply=_set_mutability),
            updating(
                "imageScanningConfiguration",
                source="PutImageScanningConfiguration",
                apply=_set_scanning,
            ),
        ),
    ),
    # Without updates: the real provider replaces the policy (terraform-provider-aws,
    # internal/service/ecr/lifecycle_policy.go), although PutLifecyclePolicy would overwrite it.
    ResourceType(
        pulumi_type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        service="ecr",
        create="put_lifecycle_policy",
        identity=lambda reply, _inputs: text(reply, "repositoryName"),
        read=_read_lifecycle,
        delete=deleted("ecr", "delete_lifecycle_policy", "repositoryName"),
        rename={"repository": "repositoryName", "policy": "lifecyclePolicyText"},
        reading={"repository": "repositoryName", "policy": "lifecyclePolicyText"},
        checks=(is_json("policy"),),
    ),
    ResourceType(
        pulumi_type="aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        service="ecr",
        create="create_pull_through_cache_rule",
        identity=lambda reply, _inputs: text(reply, "ecrRepositoryPrefix"),
        read=_read_cache,
        delete=deleted("ecr", "delete_pull_through_cache_rule", "ecrRepositoryPrefix"),
        updates=(
            updating(*CACHE_IDENTITIES, source="UpdatePullThroughCacheRule", apply=_update_cache),
        ),
    ),
)
