"""Rows of single grants: one member, one role, in the policy of one resource.

A grant is made and taken away by writing the whole policy anew, guarded by its etag; the provider
reads it again when somebody was faster (terraform-provider-google@e03b762, 2026-08-21,
tpgiamresource/iam.go), and so does this.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.google_discovery import method
from infra.rehearsal.cloud.table import Pending
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import ResourceType
from infra.replies import block, blocks, optional_text, text, texts
from infra.wire import Properties, Value

TRIES = 5
ABORTED = "aborted"
_ID = re.compile(
    r"(?P<resource>.+?)/(?P<role>(?:projects/[^/]+/)?roles/[^/]+)/"
    r"(?P<member>principal(?:Set)?://.+?/sa/[^/]+|[^/]+)(?:/(?P<condition>.*))?"
)


@dataclass(frozen=True)
class MemberForm(Form):
    """Ids of grants: the resource, the role, the member, and the condition where there is one."""

    def parts(self, physical_id: str) -> dict[str, str]:
        """Return what an id was made of; the condition is shown apart."""
        found = _ID.fullmatch(physical_id)
        if found is None:
            message = f"{physical_id!r} must look like {self.text}"
            raise ValueError(message)
        return {"role": found["role"], "member": found["member"]}


@dataclass(frozen=True)
class Resource:
    """What has a policy."""

    methods: str
    """Of the collection, `cloudkms.projects.locations.keyRings.cryptoKeys`."""
    id_of: Callable[[Place, Properties], str]
    """Its id in the id of a grant, from the inputs of the grant."""
    parameter: str = "resource"
    asked: Callable[[str], str] = lambda resource: resource
    """What a call names it, by its id."""
    shown: Callable[[str], Properties] = lambda _resource: {}
    """Outputs that say which resource it is, by its id."""
    whole: bool = False
    """Whether the policy is the body of the call, and not a member of it."""

    def policy(self, place: Place, resource: str) -> Properties:
        """Return the policy."""
        asked = f"{self.methods}.getIamPolicy"
        body: Properties | None = {} if method(asked).request else None
        given: dict[str, Value] = {self.parameter: self.asked(resource)}
        return place.call(asked, body, **given)

    def write(self, place: Place, resource: str, policy: Properties) -> None:
        """Write the policy anew."""
        body: Properties = policy if self.whole else {"policy": policy}
        given: dict[str, Value] = {self.parameter: self.asked(resource)}
        place.call(f"{self.methods}.setIamPolicy", body, **given)


def member_row(pulumi_type: str, of: Resource) -> ResourceType:
    """Return the row of the grants on a kind of resource."""
    form = MemberForm("{resource}/{role}/{member}", name="member")

    def make(
        place: Place, inputs: Properties, _labels: Mapping[str, str]
    ) -> tuple[str, Pending | None]:
        resource = of.id_of(place, inputs)
        condition = block(inputs, "condition")
        _change(place, of, resource, lambda bindings: _with(bindings, inputs))
        physical_id = f"{resource}/{text(inputs, 'role')}/{text(inputs, 'member')}"
        return (f"{physical_id}/{_key(condition)}" if condition else physical_id), None

    def read(place: Place, physical_id: str) -> Properties:
        parts = _parts(physical_id)
        policy = of.policy(place, parts["resource"])
        for binding in blocks(policy, "bindings"):
            if _is(binding, parts) and parts["member"] in texts(binding, "members"):
                return {"etag": policy["etag"], "condition": binding.get("condition")}
        message = f"No grant of {parts['role']} to {parts['member']} on {parts['resource']}"
        method_id = f"{of.methods}.getIamPolicy"
        raise GoogleError(method_id, Reason.NOT_FOUND, message)

    def delete(place: Place, physical_id: str, _outputs: Properties) -> Pending | None:
        parts = _parts(physical_id)
        _change(place, of, parts["resource"], lambda bindings: _without(bindings, parts))
        return None

    return ResourceType(
        pulumi_type=pulumi_type,
        form=form,
        create=f"{of.methods}.setIamPolicy",
        make=make,
        read=read,
        delete=delete,
        outputs=lambda _place, physical_id, _api: of.shown(_parts(physical_id)["resource"]),
        autoname=None,
    )


def _change(
    place: Place,
    of: Resource,
    resource: str,
    change: Callable[[list[Properties]], list[Properties]],
) -> None:
    for _try in range(TRIES):
        policy = of.policy(place, resource)
        bindings: list[Value] = [*change(blocks(policy, "bindings"))]
        try:
            of.write(place, resource, {**policy, "bindings": bindings})
        except GoogleError as error:
            if error.code != ABORTED:
                raise
        else:
            return


def _with(bindings: list[Properties], inputs: Properties) -> list[Properties]:
    grant: Properties = {"role": inputs["role"], "members": [inputs["member"]]}
    condition = inputs.get("condition")
    return [*bindings, {**grant, **({"condition": condition} if condition else {})}]


def _without(bindings: list[Properties], parts: Mapping[str, str]) -> list[Properties]:
    left: list[Properties] = []
    for binding in bindings:
        members: list[Value] = [*texts(binding, "members")]
        if _is(binding, parts):
            members = [member for member in members if member != parts["member"]]
        left.append({**binding, "members": members})
    return left


def _is(binding: Properties, parts: Mapping[str, str]) -> bool:
    condition = block(binding, "condition")
    key = _key(condition) if condition else ""
    return binding.get("role") == parts["role"] and key == parts["condition"]


def _key(condition: Properties) -> str:
    return "/".join(
        optional_text(condition, part) for part in ("title", "description", "expression")
    )


def _parts(physical_id: str) -> dict[str, str]:
    found = _ID.fullmatch(physical_id)
    if found is None:
        message = f"{physical_id!r} is no grant"
        raise ValueError(message)
    return {name: value or "" for name, value in found.groupdict().items()}
