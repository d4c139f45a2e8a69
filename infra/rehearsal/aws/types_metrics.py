"""The row of Amazon Managed Service for Prometheus: workspaces.

What the provider does: hashicorp/terraform-provider-aws, internal/service/amp/workspace.go, as
remembered. Not played: what is written there, and how long a workspace takes until it is there.
moto 5.2.5 keeps no key of a workspace.
"""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_kms import unusable_key
from infra.rehearsal.aws.table import ResourceType, deleted, got
from infra.rehearsal.aws.values import optional_text, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

SERVICE = "amp"


def _key_is_there(region: Region, inputs: Properties) -> None:
    key = optional_text(inputs, "kmsKeyArn")
    if key and unusable_key(region, key):
        message = f"The KMS key {key} does not exist or is not enabled"
        raise AwsError(message, "CreateWorkspace", "ValidationException")


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    arn = region.arn("aps", f"workspace/{physical_id}")
    if gone:
        keys: list[Value] = [*gone]
        region.call(SERVICE, "untag_resource", resourceArn=arn, tagKeys=keys)
    if changed:
        region.call(SERVICE, "tag_resource", resourceArn=arn, tags=dict(changed))


def _rename(region: Region, change: Change) -> None:
    alias = change.new.get("alias", "")
    region.call(SERVICE, "update_workspace_alias", workspaceId=change.physical_id, alias=alias)


ROWS = (
    ResourceType(
        pulumi_type="aws:amp/workspace:Workspace",
        service=SERVICE,
        create="create_workspace",
        identity=lambda reply, _inputs: text(reply, "workspaceId"),
        read=got(SERVICE, "describe_workspace", "workspaceId", "workspace"),
        delete=deleted(SERVICE, "delete_workspace", "workspaceId"),
        kept=frozenset({"kmsKeyArn"}),
        tags="map",
        retag=_retag,
        rules=(_key_is_there,),
        updates=(updating("alias", source="UpdateWorkspaceAlias", apply=_rename),),
    ),
)
