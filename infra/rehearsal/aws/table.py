"""The declarative row of a resource type of AWS, and the small builders that rows are written with.

Does not own: the rows (`types_*.py`), AWS's own refusals (`rules_*.py`), what rows of all clouds
have (`cloud/table.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, blocks, tag_list
from infra.rehearsal.cloud.table import Row
from infra.wire import Properties, Value


@dataclass(frozen=True, kw_only=True)
class ResourceType(Row[Region]):
    """How one Pulumi type lives in AWS's API."""

    service: str
    create: str
    """boto3 method that makes it."""
    identity: Callable[[Properties, Properties], str]
    """Physical id, from the reply and the inputs."""
    placed: Callable[[Region], Properties] = lambda _region: {}
    """Parameters of the create call that follow from the region alone."""
    tags: str | None = None
    """How the create call spells them (`parameters.py`), or no tags."""
    retag: Callable[[Region, str, dict[str, str], list[str]], None] | None = None
    """Set and remove tags of an existing thing."""

    @property
    def label_input(self) -> str | None:
        """The input with the program's own tags."""
        return "tags" if self.tags else None


def described(
    service: str, operation: str, key: str, at: str, code: str
) -> Callable[[Region, str], Properties]:
    """Read by a describe call that takes a list of ids and returns a list."""

    def read(region: Region, physical_id: str) -> Properties:
        ids: list[Value] = [physical_id]
        found = blocks(region.call(service, operation, **{key: ids}), at)
        if not found:
            msg = f"The ID '{physical_id}' does not exist"
            raise AwsError(msg, operation, code)
        return found[0]

    return read


def got(service: str, operation: str, key: str, at: str) -> Callable[[Region, str], Properties]:
    """Read by a get call that takes one name and returns one thing."""

    def read(region: Region, physical_id: str) -> Properties:
        return block(region.call(service, operation, **{key: physical_id}), at)

    return read


def deleted(service: str, operation: str, key: str) -> Callable[[Region, str, Properties], None]:
    """Delete by one id."""

    def delete(region: Region, physical_id: str, _outputs: Properties) -> None:
        region.call(service, operation, **{key: physical_id})

    return delete


def retag_ec2(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    """Tags of anything in EC2 (`CreateTags`, `DeleteTags`)."""
    if gone:
        keys: list[Value] = [{"Key": key} for key in gone]
        region.call("ec2", "delete_tags", Resources=[physical_id], Tags=keys)
    if changed:
        region.call("ec2", "create_tags", Resources=[physical_id], Tags=tag_list(changed))
