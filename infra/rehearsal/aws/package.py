"""AWS as the Pulumi package `aws`: what the shared provider and lifecycle must know of it.

Owns: create calls by boto3's service models, tags, and what of a reply becomes an output.
Does not own: the rows (`types_*.py`) or the functions (`invokes.py`).
"""

from collections.abc import Callable, Mapping

from botocore.validate import ParamValidator

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.catalogue import TYPES
from infra.rehearsal.aws.configuration import Configuration, configuration_problems
from infra.rehearsal.aws.invokes import FUNCTIONS
from infra.rehearsal.aws.model import violations
from infra.rehearsal.aws.parameters import TAGGED_AFTERWARDS, input_shape, parameters_of
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import same_arn, tag_map
from infra.rehearsal.cloud.functions import answered
from infra.rehearsal.cloud.labels import Labelling
from infra.rehearsal.cloud.package import Configured, Made, Package
from infra.rehearsal.cloud.projection import from_api
from infra.rehearsal.cloud.schema import resource_schema
from infra.rehearsal.cloud.table import Change
from infra.wire import Properties, has_unknown


class AwsPackage(Package[Region, ResourceType]):
    """The package over one simulated account."""

    name = "aws"
    cloud = "AWS"
    version = "7.51.1"
    located_by = frozenset({"region"})
    labelling = Labelling(everything="tagsAll")

    def __init__(self, account: Account, region_used: Callable[[str], None]) -> None:
        """Work on `account`; `region_used` hears of a region before anything is made there."""
        self._account = account
        self._region_used = region_used

    @property
    def types(self) -> Mapping[str, ResourceType]:
        """Every resource type that is played, by token."""
        return TYPES

    def configuration_problems(self, arguments: Properties) -> list[tuple[str, str]]:
        """Return (setting, reason) for what cannot be rehearsed."""
        return configuration_problems(arguments)

    def configure(self, arguments: Properties) -> Configured[Region]:
        """Return region and default tags of an instance.

        Raises:
            ValueError: the program may not touch this account.
        """
        configuration = Configuration.of(arguments)
        if not configuration.allows(self._account.account_id):
            message = f"AWS account ID not allowed: {self._account.account_id}"
            raise ValueError(message)
        self._region_used(configuration.region)
        region = self._account.region(configuration.region)
        return Configured(region, configuration.default_tags)

    def call_problems(
        self, place: Region, row: ResourceType, inputs: Properties
    ) -> list[tuple[str, str]]:
        """Return (property, reason) for what the service model does not allow."""
        parameters, left = parameters_of(place, row, inputs, {})
        found = row.unused(left)
        shape = input_shape(place, row)
        found += [("", reason) for reason in violations(shape, parameters)]
        if not has_unknown(inputs):
            report = ParamValidator().validate(parameters, shape)
            found += [("", report.generate_report())] if report.has_errors() else []
        return found

    def make(
        self, place: Region, row: ResourceType, inputs: Properties, labels: Mapping[str, str]
    ) -> Made:
        """Make the create call."""
        parameters, _left = parameters_of(place, row, inputs, dict(labels))
        reply = place.call(row.service, row.create, **parameters)
        return Made(row.identity(reply, inputs))

    def made(
        self, place: Region, row: ResourceType, physical_id: str, labels: Mapping[str, str]
    ) -> None:
        """Set the tags that the create call does not take."""
        if row.tags == TAGGED_AFTERWARDS and row.retag and labels:
            row.retag(place, physical_id, dict(labels), [])

    def describe(
        self, place: Region, row: ResourceType, physical_id: str, api: Properties
    ) -> Properties:
        """Return what the API says of a thing under the provider's output names."""
        schema = resource_schema(row.pulumi_type).outputs
        shown = from_api({k: v for k, v in schema.items() if k != "tags"}, api, row.reading)
        outputs: Properties = shown if isinstance(shown, dict) else {}
        return {**outputs, **row.outputs(place, physical_id, api)}

    def labels_in(self, row: ResourceType, api: Properties) -> dict[str, str]:
        """Return the tags in what the API says of a thing."""
        del row
        spellings = (api[name] for name in ("Tags", "TagSet", "tags") if name in api)
        return tag_map(next(spellings, None))

    def relabel(
        self,
        place: Region,
        row: ResourceType,
        change: Change,
        before: Mapping[str, str],
        wanted: Mapping[str, str],
    ) -> None:
        """Set what differs, remove what is gone."""
        if row.retag:
            gone = sorted(before.keys() - wanted.keys())
            different = {key: item for key, item in wanted.items() if before.get(key) != item}
            row.retag(place, change.physical_id, different, gone)

    def same_text(self, left: str, right: str) -> bool:
        """Say whether one text is an ARN and the other the id that it ends with."""
        return same_arn(left, right)

    def invoke(self, place: Region, token: str, arguments: Properties) -> Properties:
        """Answer a function call."""
        return answered(FUNCTIONS, place, token, arguments)
