"""Ids of Google's resources as the provider has them, and the parameters that go with an id.

A form is an id with the names of inputs in braces: `projects/{project}/global/networks/{name}`.
`{keyRing*}` is a name with slashes; of any other input with slashes the last part stands in an id.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from infra.google_discovery import method
from infra.rehearsal.gcp.place import PLACES, Place
from infra.wire import Properties, Value

_FIELD = re.compile(r"\{(\w+)(\*?)\}")


@dataclass(frozen=True)
class Form:
    """How the ids of one type look."""

    text: str
    name: str = "name"
    """The input that is the thing's own name."""

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Inputs that an id consists of."""
        return tuple(name for name, _whole in _FIELD.findall(self.text))

    @property
    def places(self) -> frozenset[str]:
        """Of those, the ones that are no name of the thing itself."""
        return frozenset(self.fields) - {self.name}

    def id_of(self, place: Place, inputs: Properties) -> str:
        """Return the id of a thing with these inputs.

        Raises:
            ValueError: a part of it is nowhere said.
        """

        def fill(found: re.Match[str]) -> str:
            value = place.field(inputs, found[1])
            return value if found[2] or found[1] == self.name else value.rpartition("/")[2]

        return _FIELD.sub(fill, self.text)

    def above(self, place: Place, inputs: Properties) -> str:
        """Return what a thing with these inputs is in, `projects/acme`.

        Raises:
            ValueError: a part of it is nowhere said.
        """
        return Form("/".join(self.text.split("/")[:-2])).id_of(place, inputs)

    def parts(self, physical_id: str) -> dict[str, str]:
        """Return the inputs that an id was made of.

        Raises:
            ValueError: it does not look like an id of this type.
        """
        found = self._pattern.fullmatch(physical_id)
        if found is None:
            message = f"{physical_id!r} must look like {self.text}"
            raise ValueError(message)
        return found.groupdict()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        seen: set[str] = set()
        pattern = ""
        position = 0
        for found in _FIELD.finditer(self.text):
            pattern += re.escape(self.text[position : found.start()])
            seen.add(found[1])
            pattern += f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})"
            position = found.end()
        return re.compile(pattern + re.escape(self.text[position:]))

    def addressed(self, method_id: str, physical_id: str) -> dict[str, Value]:
        """Return the parameters of a call that is about an existing thing.

        Compute Engine takes each part by itself, newer APIs the whole name.
        """
        parts = self.parts(physical_id)
        required = method(method_id).required
        by_parts = "project" in required
        found: dict[str, Value] = {}
        for parameter in required:
            if parameter in PLACES and parameter in parts:
                found[parameter] = parts[parameter]
            else:
                found[parameter] = parts.get(self.name, "") if by_parts else physical_id
        return found

    def parent(self, method_id: str, physical_id: str) -> dict[str, Value]:
        """Return the parameters of the call that makes a thing: they say where."""
        parts = self.parts(physical_id)
        above = "/".join(physical_id.split("/")[:-2])
        return {parameter: parts.get(parameter, above) for parameter in method(method_id).required}
