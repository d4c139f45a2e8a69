"""Google Cloud as the Pulumi package `gcp`: what the shared provider and lifecycle know of it.

Owns: create calls by the discovery documents, labels, and what of a reply becomes an output.
Does not own: the rows (`types_*.py`) or the functions (`functions.py`).
"""

from collections.abc import Mapping

from infra.google_discovery import body_violations, method
from infra.rehearsal.cloud.functions import answered
from infra.rehearsal.cloud.labels import Labelling
from infra.rehearsal.cloud.package import Configured, Made, Package
from infra.rehearsal.cloud.projection import from_api
from infra.rehearsal.cloud.schema import resource_schema
from infra.rehearsal.cloud.table import Change, Pending
from infra.rehearsal.gcp.api.names import full_name
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.catalogue import TYPES
from infra.rehearsal.gcp.configuration import LOCATED_BY, Configuration, configuration_problems
from infra.rehearsal.gcp.functions import FUNCTIONS
from infra.rehearsal.gcp.model import without_unknowns
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType
from infra.rehearsal.gcp.waiting import pending
from infra.replies import tag_map, text
from infra.wire import UNKNOWN, Properties

DELETES = ("DELETE", UNKNOWN)
"""What `deletionPolicy` may say here: the others keep a thing that the state forgets."""


class GcpPackage(Package[Place, ResourceType]):
    """The package over one simulated project."""

    name = "gcp"
    cloud = "Google Cloud"
    version = "10.2.0"
    located_by = LOCATED_BY
    labelling = Labelling(everything="effectiveLabels", configured="pulumiLabels")

    def __init__(self, project: Project) -> None:
        """Work on that project."""
        self._project = project

    @property
    def types(self) -> Mapping[str, ResourceType]:
        """Every resource type that is played, by token."""
        return TYPES

    def configuration_problems(self, arguments: Properties) -> list[tuple[str, str]]:
        """Return (setting, reason) for what cannot be rehearsed."""
        return configuration_problems(arguments)

    def configure(self, arguments: Properties) -> Configured[Place]:
        """Return place and default labels of an instance.

        Raises:
            ValueError: it names another project than the one that is simulated.
        """
        configuration = Configuration.of(arguments)
        if configuration.project != self._project.project:
            message = (
                f"project: {configuration.project!r} is not the project of this rehearsal, "
                f"{self._project.project!r}"
            )
            raise ValueError(message)
        place = Place(self._project, configuration.region, configuration.zone)
        return Configured(place, configuration.default_labels)

    def call_problems(
        self, place: Place, row: ResourceType, inputs: Properties
    ) -> list[tuple[str, str]]:
        """Return (property, reason) for what the discovery document does not allow."""
        del place
        found: list[tuple[str, str]] = []
        policy = inputs.get("deletionPolicy")
        if "deletionPolicy" in row.settings & STEERING and policy not in (None, *DELETES):
            found.append(("deletionPolicy", f"not simulated: {policy!r}; only DELETE is"))
        if row.make is not None:  # not one call with the inputs as its body
            return found
        body, left = row.body(inputs, {})
        found += row.unused(left)
        wrong = body_violations(method(row.create), without_unknowns(body))
        return found + [("", reason) for reason in wrong]

    def make(
        self, place: Place, row: ResourceType, inputs: Properties, labels: Mapping[str, str]
    ) -> Made:
        """Make the create call."""
        if row.make is not None:
            return Made(*row.make(place, inputs, labels))
        body, _left = row.body(inputs, labels)
        if row.is_drawn:
            parent = row.form.above(place, inputs)
            reply = place.call(
                row.create, body, **dict.fromkeys(method(row.create).required, parent)
            )
            return Made(text(reply, "name"), None)
        physical_id = row.form.id_of(place, inputs)
        parameters = row.form.parent(row.create, physical_id) | row.asked(place, inputs)
        if row.name_parameter:
            parameters[row.name_parameter] = inputs[row.form.name]
        reply = place.call(row.create, body, **parameters)
        doing = row.making or f"Creating {row.word}"
        return Made(physical_id, pending(place, row.create, reply, doing))

    def describe(
        self, place: Place, row: ResourceType, physical_id: str, api: Properties
    ) -> Properties:
        """Return what the API says of a thing under the provider's output names."""
        schema = resource_schema(row.pulumi_type).outputs
        named = {"name", row.labels}
        shown = from_api({k: v for k, v in schema.items() if k not in named}, api, row.reading)
        outputs: Properties = shown if isinstance(shown, dict) else {}
        # The API has links for places, and some full names for names; the provider shows neither.
        outputs |= row.form.parts(physical_id)
        outputs |= row.outputs(place, physical_id, api)
        return {name: value for name, value in outputs.items() if name in schema}

    def labels_in(self, row: ResourceType, api: Properties) -> dict[str, str]:
        """Return the labels in what the API says of a thing."""
        return tag_map(api.get(row.labels or ""))

    def relabel(
        self,
        place: Place,
        row: ResourceType,
        change: Change,
        before: Mapping[str, str],
        wanted: Mapping[str, str],
    ) -> Pending | None:
        """Set what is wanted, remove what was ours; what others set stays."""
        if row.relabel is None:
            message = f"not simulated: other labels on a {row.pulumi_type}"
            raise ValueError(message)
        present = self.labels_in(row, row.read(place, change.physical_id))
        kept = {key: item for key, item in present.items() if key not in before}
        return row.relabel(place, change, {**kept, **wanted})

    def same_text(self, left: str, right: str) -> bool:
        """Say whether two texts are ways to name one resource: a link, a full name, the name."""
        if "/" not in left + right:
            return False
        project = self._project.project
        full, other = (full_name(text, project) for text in (left, right))
        return full == other or full.endswith(f"/{right}") or other.endswith(f"/{left}")

    def respells(self, left: str, right: str) -> bool:
        """The provider shows what Google says, however the program put it."""
        del left, right
        return False

    def invoke(self, place: Place, token: str, arguments: Properties) -> Properties:
        """Answer a function call."""
        return answered(FUNCTIONS, place, token, arguments)
