"""Create, read, update and delete of any row of any cloud's table.

Owns: the order of the steps, what stands in outputs, what is unknown in a preview.
Does not own: the wire (`provider.py`), diffs (`diff.py`), the rows, or calls (each cloud's own).

Nothing is idempotent by name or URN: a create that runs twice makes a second thing, or is refused
by the cloud's own rule, as in a real account.
"""

from typing import Generic

from infra.rehearsal.cloud.errors import CloudError, PartlyCreatedError
from infra.rehearsal.cloud.labels import wanted_labels
from infra.rehearsal.cloud.package import Configured, Package, PlaceT, RowT
from infra.rehearsal.cloud.schema import Schema, resource_schema, unfitting
from infra.rehearsal.cloud.table import Change, Wait
from infra.rehearsal.cloud.values import same
from infra.replies import tag_map
from infra.wire import UNKNOWN, Properties, Value, changed_keys


class Lifecycle(Generic[PlaceT, RowT]):
    """The lifecycle of resources of one package."""

    def __init__(self, package: Package[PlaceT, RowT]) -> None:
        """Play the rows of a package."""
        self._package = package

    def problems(self, place: PlaceT, row: RowT, inputs: Properties) -> list[tuple[str, str]]:
        """Return (property, reason) for everything that can be known to be wrong before a call."""
        schema = resource_schema(row.pulumi_type)
        found = unfitting(schema.inputs, inputs)
        found += [
            (name, "missing required property") for name in schema.required if name not in inputs
        ]
        if found:
            return found
        found += self._package.call_problems(place, row, inputs)
        return found + [("", reason) for check in row.checks for reason in check(inputs)]

    def wanted(self, at: Configured[PlaceT], row: RowT, inputs: Properties) -> Value:
        """Return the labels that a thing of these inputs is to have; perhaps unknown."""
        return wanted_labels(inputs.get(row.label_input or ""), at.default_labels)

    def preview_create(self, at: Configured[PlaceT], row: RowT, inputs: Properties) -> Properties:
        """Return outputs as far as a preview knows them; the rest is unknown, not missing."""
        schema = resource_schema(row.pulumi_type).outputs
        outputs: Properties = {name: inputs.get(name, UNKNOWN) for name in schema}
        for name in row.computed_blocks & inputs.keys():
            outputs[name] = _filled(schema[name], inputs[name])
        return {**outputs, **self._planned(at, row, inputs)}

    def preview_update(
        self, at: Configured[PlaceT], row: RowT, old: Properties, inputs: Properties
    ) -> Properties:
        """Return outputs after an update: what was computed stays, unless updates change it."""
        outputs = {**old, **inputs}
        for name in row.computed_blocks & inputs.keys():
            outputs[name] = _merged(old.get(name), inputs[name])
        outputs |= self._planned(at, row, inputs)
        return {**outputs, **dict.fromkeys(row.volatile, UNKNOWN)}

    def create(
        self, at: Configured[PlaceT], row: RowT, inputs: Properties, wait: Wait
    ) -> tuple[str, Properties]:
        """Make the thing, wait until it is ready, and return its id and outputs.

        Raises:
            PartlyCreatedError: it exists, but a later step failed or the wait ended.
            ValueError: the cloud or the simulation refused; nothing was made.
        """
        place, physical_id = at.place, ""
        try:
            with place.lock:
                for rule in row.rules:
                    rule(place, inputs)
                labels = tag_map(self.wanted(at, row, inputs))
                made = self._package.make(place, row, inputs, labels)
                physical_id = made.physical_id
                if made.pending is None:  # nobody sees it half made
                    self._follow_up(place, row, physical_id, inputs, labels)
            if made.pending is not None:
                made.pending(wait)
                self._follow_up(place, row, physical_id, inputs, labels)
            if row.settle:
                row.settle(place, physical_id, wait)
            return physical_id, self.outputs_of(at, row, physical_id, inputs)
        except ValueError as error:
            if not physical_id:
                raise
            outputs = self._outputs_or_inputs(at, row, physical_id, inputs)
            if outputs is None:
                raise
            raise PartlyCreatedError(physical_id, outputs, str(error)) from error

    def update(
        self,
        at: Configured[PlaceT],
        row: RowT,
        change: Change,
        outputs_before: Properties,
        wait: Wait,
    ) -> Properties:
        """Change the thing in place and return its outputs."""
        place = at.place
        changed = set(changed_keys(change.old, change.new))
        for one in row.updates:
            if one.properties & changed:
                with place.lock:
                    pending = one.apply(place, change)
                if pending is not None:
                    pending(wait)
        self._relabel(at, row, change, outputs_before, wait)
        if row.settle:
            row.settle(place, change.physical_id, wait)
        return self.outputs_of(at, row, change.physical_id, change.new)

    def delete(
        self, place: PlaceT, row: RowT, physical_id: str, outputs: Properties, wait: Wait
    ) -> None:
        """Delete the thing, and wait until it is gone. A thing that is gone already is fine."""
        try:
            with place.lock:
                row.read(place, physical_id)
                for rule in row.delete_rules:
                    rule(place, physical_id)
                pending = row.delete(place, physical_id, outputs)
        except CloudError as error:
            if error.not_found:
                return
            raise
        if pending is not None:
            pending(wait)
        if row.settle_delete:
            row.settle_delete(place, physical_id, wait)

    def outputs_of(
        self, at: Configured[PlaceT], row: RowT, physical_id: str, inputs: Properties
    ) -> Properties:
        """Describe the thing as the API has it now; inputs stand in only where it never answers."""
        place = at.place
        with place.lock:
            api = row.read(place, physical_id)
            outputs = self._package.describe(place, row, physical_id, api)
        for name in (row.kept | row.settings) & inputs.keys():
            outputs.setdefault(name, inputs[name])
        for name in inputs.keys() & outputs.keys():
            # The program's spelling, where the cloud's means the same: JSON text, order in a set.
            if isinstance(inputs[name], dict):
                continue
            if same(inputs[name], outputs[name], self._package.respells):
                outputs[name] = inputs[name]
        if row.label_input:
            actual = self._package.labels_in(row, api)
            own = tag_map(inputs.get(row.label_input))
            labelling = self._package.labelling
            outputs |= labelling.shown(row.label_input, actual, own, at.default_labels)
        return {key: item for key, item in outputs.items() if item is not None}

    def live_inputs(self, row: RowT, inputs: Properties, outputs: Properties) -> Properties:
        """Return inputs as the cloud has them now, so that the next diff shows what drifted.

        On import there are no inputs yet: everything that is both input and output is one.
        """
        schema = resource_schema(row.pulumi_type).inputs
        if not inputs:
            names = schema.keys() - row.settings
            return {name: outputs[name] for name in names & outputs.keys()}
        return {
            name: self._drifted(schema.get(name, ""), item, outputs[name])
            if name in outputs
            else item
            for name, item in inputs.items()
        }

    def _follow_up(
        self,
        place: PlaceT,
        row: RowT,
        physical_id: str,
        inputs: Properties,
        labels: dict[str, str],
    ) -> None:
        with place.lock:
            self._package.made(place, row, physical_id, labels)
            for step in row.after_create:
                step(place, physical_id, inputs)

    def _planned(self, at: Configured[PlaceT], row: RowT, inputs: Properties) -> Properties:
        if not row.label_input:
            return {}
        return self._package.labelling.planned(self.wanted(at, row, inputs))

    def _relabel(
        self,
        at: Configured[PlaceT],
        row: RowT,
        change: Change,
        outputs_before: Properties,
        wait: Wait,
    ) -> None:
        if not row.label_input:
            return
        before = tag_map(outputs_before.get(self._package.labelling.compared))
        wanted = tag_map(self.wanted(at, row, change.new))
        if wanted == before:
            return
        with at.place.lock:
            pending = self._package.relabel(at.place, row, change, before, wanted)
        if pending is not None:
            pending(wait)

    def _outputs_or_inputs(
        self, at: Configured[PlaceT], row: RowT, physical_id: str, inputs: Properties
    ) -> Properties | None:
        """Describe what was made in part, or return None if nothing is there after all.

        The id must not be lost even if describing fails as well.
        """
        try:
            return self.outputs_of(at, row, physical_id, inputs)
        except CloudError as error:
            return None if error.not_found else inputs
        except ValueError:
            return inputs

    def _drifted(self, schema: Schema, wanted: Value, actual: Value) -> Value:
        if isinstance(schema, dict) and "*" not in schema and isinstance(wanted, dict):
            # A block shows only what was asked: the cloud fills in the rest, and that is no drift.
            found = actual if isinstance(actual, dict) else {}
            return {
                key: self._drifted(schema.get(key, ""), item, found[key])
                for key, item in wanted.items()
                if key in found
            }
        if isinstance(wanted, dict):  # free keys (tags, labels): all of them count
            return actual
        return wanted if self._same(wanted, actual) else actual

    def _same(self, left: Value, right: Value) -> bool:
        return same(left, right, self._package.same_text)


def _filled(schema: Schema, value: Value) -> Value:
    if isinstance(schema, dict) and "*" not in schema and isinstance(value, dict):
        return {
            key: _filled(inner, value[key]) if key in value else UNKNOWN
            for key, inner in schema.items()
        }
    return value


def _merged(old: Value, new: Value) -> Value:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old.get(key), item) for key, item in new.items()}}
    return new
