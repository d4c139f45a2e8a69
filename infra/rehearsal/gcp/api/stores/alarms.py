"""Cloud Monitoring, as far as alert policies go; nothing is measured, so none ever fires.

Source of words: hashicorp/terraform-provider-google#4165 (2019-08-05) for a filter that does not
say of what; no record was found of those for a policy that is not there.
"""

import re

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.replies import block, blocks, optional_text
from infra.wire import Properties, Value

METHODS = "monitoring.projects.alertPolicies"
SAYS_OF_WHAT = re.compile(r'\bresource\.type\s*=\s*"')


class AlertPolicies(StandardMethods):
    """The alert policies of one project."""

    def __init__(self, project: Project) -> None:
        """Serve them."""
        super().__init__(project, METHODS)

    def _create(self, request: Request) -> Properties:
        name = self._project.path("alertPolicies", self._project.new_id())
        made: Properties = {"mutateTime": now()}
        policy: Properties = {"enabled": True, **request.body, "name": name, "creationRecord": made}
        return self._put(request, policy)

    def _put(self, request: Request, policy: Properties) -> Properties:
        conditions: list[Value] = []
        for number, condition in enumerate(blocks(policy, "conditions")):
            self._check(request, number, condition)
            own = f"{policy['name']}/conditions/{self._project.new_id()}"
            conditions.append({"name": own, **condition})
        policy["conditions"] = conditions
        return self._project.store.put(str(policy["name"]), policy)

    def _check(self, request: Request, number: int, condition: Properties) -> None:
        wanted = optional_text(block(condition, "conditionThreshold"), "filter")
        if wanted and not SAYS_OF_WHAT.search(wanted):
            message = (
                f"Field alert_policy.conditions[{number}].condition_threshold.filter had an "
                f'invalid value of "{wanted}": must specify a restriction on "resource.type" in '
                'the filter; see "https://cloud.google.com/monitoring/api/resources" for a list '
                "of available resource types."
            )
            raise request.refusal(Status.INVALID_ARGUMENT, message)

    def _list(self, request: Request) -> Properties:
        parent = self._project.path("alertPolicies", "*")
        found = [one for _name, one in self._project.store.named(parent)]
        return page(request, found, "alertPolicies")

    def _patch(self, request: Request) -> Properties:
        policy = self._found(request, request["name"])
        masked(request, policy, request.body)
        return self._put(request, policy)

    def _delete(self, request: Request) -> Properties:
        self._found(request, request["name"])
        self._project.store.drop(request["name"])
        return {}

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, f"Cannot find alert policy {name}.", Status.NOT_FOUND)
