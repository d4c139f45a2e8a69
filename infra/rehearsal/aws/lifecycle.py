"""Create, read, update and delete of any row of the table.

Owns: the order of the steps, what stands in outputs, what is unknown in a preview.
Does not own: the wire (`provider.py`), diffs (`diff.py`), the rows.

Nothing is idempotent by name or URN: a create that runs twice makes a second thing, or is refused
by AWS's own rule, as in a real account.
"""

from collections.abc import Mapping

from botocore.validate import ParamValidator

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.model import from_api, violations
from infra.rehearsal.aws.parameters import TAGGED_AFTERWARDS, input_shape, parameters_of
from infra.rehearsal.aws.table import Change, ResourceType, Wait
from infra.rehearsal.aws.values import same_arn, tag_map
from infra.rehearsal.cloud.errors import PartlyCreatedError
from infra.rehearsal.cloud.schema import Schema, resource_schema, unfitting
from infra.rehearsal.cloud.values import same
from infra.wire import UNKNOWN, Properties, Value, changed_keys, has_unknown


def problems(region: Region, row: ResourceType, inputs: Properties) -> list[tuple[str, str]]:
    """Return (property, reason) for everything that can be known to be wrong before a call."""
    schema = resource_schema(row.pulumi_type)
    found = unfitting(schema.inputs, inputs)
    found += [(name, "missing required property") for name in schema.required if name not in inputs]
    if found:
        return found
    parameters, left = parameters_of(region, row, inputs, {})
    found += [
        (path, f"not simulated: no step of the rehearsal's {row.pulumi_type} uses it")
        for path in left
    ]
    shape = input_shape(region, row)
    found += [("", reason) for reason in violations(shape, parameters)]
    if not has_unknown(inputs):
        report = ParamValidator().validate(parameters, shape)
        found += [("", report.generate_report())] if report.has_errors() else []
    return found + [("", reason) for check in row.checks for reason in check(inputs)]


def preview_create(row: ResourceType, inputs: Properties, tags_all: Value) -> Properties:
    """Return outputs as far as a preview knows them; the rest is unknown, not missing."""
    outputs: Properties = {
        name: inputs.get(name, UNKNOWN) for name in resource_schema(row.pulumi_type).outputs
    }
    for name in row.computed_blocks & inputs.keys():
        outputs[name] = _filled(resource_schema(row.pulumi_type).outputs[name], inputs[name])
    if row.tags:
        outputs["tagsAll"] = tags_all
    return outputs


def preview_update(
    row: ResourceType, old: Properties, inputs: Properties, tags_all: Value
) -> Properties:
    """Return outputs after an update: what AWS computed stays, unless updates change it."""
    outputs = {**old, **inputs}
    for name in row.computed_blocks & inputs.keys():
        outputs[name] = _merged(old.get(name), inputs[name])
    if row.tags:
        outputs["tagsAll"] = tags_all
    return {**outputs, **dict.fromkeys(row.volatile, UNKNOWN)}


def create(
    region: Region,
    row: ResourceType,
    inputs: Properties,
    default_tags: Mapping[str, str],
    wait: Wait,
) -> tuple[str, Properties]:
    """Make the thing, wait until it is ready, and return its id and outputs.

    Raises:
        PartlyCreatedError: it exists, but a later step failed or the wait ended.
        ValueError: AWS or the simulation refused; nothing was made.
    """
    physical_id = ""
    try:
        with region.account.lock:
            for rule in row.rules:
                rule(region, inputs)
            tags = {**default_tags, **tag_map(inputs.get("tags"))}
            parameters, _left = parameters_of(region, row, inputs, tags)
            reply = region.call(row.service, row.create, **parameters)
            physical_id = row.identity(reply, inputs)
            if row.tags == TAGGED_AFTERWARDS and row.retag and tags:
                row.retag(region, physical_id, tags, [])
            for step in row.after_create:
                step(region, physical_id, inputs)
        if row.settle:
            row.settle(region, physical_id, wait)
        return physical_id, outputs_of(region, row, physical_id, inputs, default_tags)
    except ValueError as error:
        if not physical_id:
            raise
        outputs = _outputs_or_inputs(region, row, physical_id, inputs, default_tags)
        raise PartlyCreatedError(physical_id, outputs, str(error)) from error


def update(  # noqa: PLR0913, PLR0917 - old and new of one resource, and where it lives
    region: Region,
    row: ResourceType,
    change: Change,
    old_tags_all: Mapping[str, str],
    default_tags: Mapping[str, str],
    wait: Wait,
) -> Properties:
    """Change the thing in place and return its outputs."""
    changed = set(changed_keys(change.old, change.new))
    with region.account.lock:
        for one in row.updates:
            if one.properties & changed:
                one.apply(region, change)
        if row.retag:
            wanted = {**default_tags, **tag_map(change.new.get("tags"))}
            gone = sorted(old_tags_all.keys() - wanted.keys())
            different = {k: v for k, v in wanted.items() if old_tags_all.get(k) != v}
            if gone or different:
                row.retag(region, change.physical_id, different, gone)
    if row.settle:
        row.settle(region, change.physical_id, wait)
    return outputs_of(region, row, change.physical_id, change.new, default_tags)


def delete(
    region: Region, row: ResourceType, physical_id: str, outputs: Properties, wait: Wait
) -> None:
    """Delete the thing, and wait until it is gone. A thing that is gone already is fine."""
    try:
        with region.account.lock:
            row.read(region, physical_id)
            for rule in row.delete_rules:
                rule(region, physical_id)
            row.delete(region, physical_id, outputs)
    except AwsError as error:
        if error.not_found:
            return
        raise
    if row.settle_delete:
        row.settle_delete(region, physical_id, wait)


def outputs_of(
    region: Region,
    row: ResourceType,
    physical_id: str,
    inputs: Properties,
    default_tags: Mapping[str, str],
) -> Properties:
    """Describe the thing as the API has it now; inputs stand in only where AWS never answers."""
    schema = resource_schema(row.pulumi_type).outputs
    with region.account.lock:
        api = row.read(region, physical_id)
        projected = from_api({k: v for k, v in schema.items() if k != "tags"}, api, row.reading)
        outputs: Properties = projected if isinstance(projected, dict) else {}
        outputs.update(row.outputs(region, physical_id, api))
    for name in (row.kept | row.settings) & inputs.keys():
        outputs.setdefault(name, inputs[name])
    for name in inputs.keys() & outputs.keys():
        # The program's spelling, where AWS's means the same: JSON text, order of ids in a set.
        if same(inputs[name], outputs[name], same_arn) and not isinstance(inputs[name], dict):
            outputs[name] = inputs[name]
    if row.tags:
        actual = tag_map(_tags_in(api))
        own = tag_map(inputs.get("tags"))
        outputs["tagsAll"] = dict(actual)
        outputs["tags"] = {k: v for k, v in actual.items() if k in own or default_tags.get(k) != v}
    return {key: item for key, item in outputs.items() if item is not None}


def _outputs_or_inputs(
    region: Region,
    row: ResourceType,
    physical_id: str,
    inputs: Properties,
    default_tags: Mapping[str, str],
) -> Properties:
    """Describe what was made in part; the id must not be lost even if that fails as well."""
    try:
        return outputs_of(region, row, physical_id, inputs, default_tags)
    except ValueError:
        return inputs


def live_inputs(row: ResourceType, inputs: Properties, outputs: Properties) -> Properties:
    """Return inputs as AWS has them now, so that the next diff shows what drifted.

    On import there are no inputs yet: everything that is both input and output is one.
    """
    if not inputs:
        names = resource_schema(row.pulumi_type).inputs.keys() - row.settings
        return {name: outputs[name] for name in names & outputs.keys()}
    schema = resource_schema(row.pulumi_type).inputs
    return {
        name: _drifted(schema.get(name, ""), item, outputs[name]) if name in outputs else item
        for name, item in inputs.items()
    }


def _drifted(schema: Schema, wanted: Value, actual: Value) -> Value:
    if isinstance(schema, dict) and "*" not in schema and isinstance(wanted, dict):
        # A block shows only what was asked: AWS fills in the rest, and that is no drift.
        found = actual if isinstance(actual, dict) else {}
        return {
            key: _drifted(schema.get(key, ""), item, found[key])
            for key, item in wanted.items()
            if key in found
        }
    if isinstance(wanted, dict):  # free keys (tags, labels): all of them count
        return actual
    return wanted if same(wanted, actual, same_arn) else actual


def _tags_in(api: Properties) -> Value:
    return next((api[name] for name in ("Tags", "TagSet", "tags") if name in api), None)


def _filled(schema: Schema, value: Value) -> Value:
    if isinstance(schema, dict) and isinstance(value, dict):
        return {key: value.get(key, UNKNOWN) for key in schema}
    return value


def _merged(old: Value, new: Value) -> Value:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **new}
    return new
