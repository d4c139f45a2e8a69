"""Labels of a resource: the program's own, the provider's defaults, and those that are there.

AWS says tags, Google labels; both providers lay the program's over their own and show the sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.wire import UNKNOWN, Properties, Value


@dataclass(frozen=True)
class Labelling:
    """How a provider shows them in outputs."""

    everything: str
    """Output with all labels that the resource has."""
    configured: str = ""
    """Output with those of the program and of the provider, where it is another one."""

    @property
    def compared(self) -> str:
        """The output that the next diff is made with."""
        return self.configured or self.everything

    @property
    def names(self) -> frozenset[str]:
        """All outputs of it."""
        return frozenset({self.everything, self.compared})

    def planned(self, wanted: Value) -> Properties:
        """Return the outputs of a resource that is to have these labels and no other."""
        return dict.fromkeys(self.names, wanted)

    def shown(
        self,
        label_input: str,
        actual: Mapping[str, str],
        own: Mapping[str, str],
        defaults: Mapping[str, str],
    ) -> Properties:
        """Return the outputs of a resource that has these labels.

        Where the configured ones are shown apart, labels that others set are no drift.
        """
        if self.configured:
            mine = {key: item for key, item in actual.items() if key in own or key in defaults}
            shown = {key: item for key, item in actual.items() if key in own}
            return {self.everything: {**actual}, self.configured: {**mine}, label_input: {**shown}}
        shown = {
            key: item for key, item in actual.items() if key in own or defaults.get(key) != item
        }
        return {self.everything: {**actual}, label_input: {**shown}}


def wanted_labels(own: Value, defaults: Mapping[str, str]) -> Value:
    """Return labels of the program over those of the provider; unknown when they are."""
    if own == UNKNOWN:
        return UNKNOWN
    merged: Properties = dict(defaults)
    return {**merged, **own} if isinstance(own, dict) else merged
