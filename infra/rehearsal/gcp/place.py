"""Where a provider instance of Google Cloud works: a project, with the region and zone it means."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from infra.rehearsal.gcp.api.project import Project
from infra.wire import UNKNOWN, Properties, Value

PLACES = ("project", "region", "zone", "location")
"""Inputs that say where a thing is; a resource that does not name one is where the provider is."""


@dataclass(frozen=True)
class Place:
    """The simulated project as one provider instance uses it."""

    api: Project
    region: str = ""
    zone: str = ""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """The project's: there is one."""
        return self.api.lock

    @property
    def project(self) -> str:
        """Id of the project."""
        return self.api.project

    def call(
        self, method_id: str, body: Properties | None = None, /, **parameters: Value
    ) -> Properties:
        """Make one API call.

        Raises:
            GoogleError: Google refuses.
            NotSimulatedError: nobody plays the method.
        """
        return self.api.call(method_id, body, **parameters)

    def field(self, inputs: Properties, name: str) -> str:
        """Return what stands in the place of a name in an id: the input, or the provider's own.

        Raises:
            ValueError: neither the resource nor the provider says it.
        """
        own = {
            "project": self.project,
            "region": self.region,
            "zone": self.zone,
            "location": self.region,
        }
        found = inputs.get(name)
        if isinstance(found, str) and found not in ("", UNKNOWN):
            return found
        if own.get(name):
            return own[name]
        # The real provider's words (terraform-provider-google@e03b762, tpgresource/utils.go).
        message = f"{name}: required field is not set"
        raise ValueError(message)
