"""What is asked of any cloud's finders: that they find what a create made, and nothing else."""

import re

from infra.cloud_error import CloudApiError
from infra.recovery.candidates import Account, Candidate
from infra.recovery.checkpoint import PendingCreate
from infra.wire import Properties
from tests.unit.rehearsal.cloud.wire import Made


def kind_of(thing: Made) -> str:
    """Return the type of a thing."""
    return thing.urn.split("::")[2].rpartition("$")[2]


def search(account: Account, kind: str, inputs: Properties) -> list[Candidate]:
    """Return what a create with these inputs may have made; "not found" is nothing."""
    try:
        return list(account.finders[kind].search(account.api, inputs))
    except CloudApiError as error:
        if error.not_found:
            return []
        raise


def check_found_alone(account: Account, thing: Made) -> None:
    """Check that a thing is found by what it was made with, and nothing else is."""
    (found,) = search(account, kind_of(thing), thing.inputs)

    assert found.physical_id == thing.physical_id
    assert found.ours
    assert {**thing.inputs, **found.as_made} == thing.inputs
    assert found.facts.items() <= thing.outputs.items()


def check_found_anew(account: Account, thing: Made) -> None:
    """Check that a thing is found by what a new preview says: it draws other names."""
    drawn = thing.inputs.get("__defaults") or []
    anew: Properties = {
        key: re.sub(r"[0-9a-f]{7}$", "0000000", str(item)) if key in drawn else item  # ty: ignore[unsupported-operator] - a list of names
        for key, item in thing.inputs.items()
    }
    resource: Properties = {"urn": thing.urn, "type": kind_of(thing), "inputs": anew}
    create = PendingCreate.of(resource, recorded=False)

    ours = [one for one in search(account, kind_of(thing), create.wanted) if one.ours]

    assert [one.physical_id for one in ours] == [thing.physical_id]
    assert {**create.inputs, **ours[0].as_made} == thing.inputs
