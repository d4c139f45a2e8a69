"""Cloud Billing as far as one account with budgets goes, and the channels that budgets write to.

Nothing is billed here, so no budget ever writes to anybody. No record was found of Google's words
for what it refuses; its conditions are those of its discovery documents (billingbudgets v1,
monitoring v3).
"""

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.replies import block, optional_text, texts
from infra.wire import Properties

CHANNELS = "monitoring.projects.notificationChannels"
BUDGETS = "billingbudgets.billingAccounts.budgets"
ACCOUNT = "billingAccounts/012345-6789AB-CDEF01"
"""The account that pays for the project; it is in US dollars."""
CURRENCY = "USD"
MOST_CHANNELS = 5
ADDRESS = "email_address"
"""The one label of a channel of type `email`."""


class Channels(StandardMethods):
    """The notification channels of one project; e-mail alone is played."""

    def __init__(self, project: Project) -> None:
        """Serve them."""
        super().__init__(project, CHANNELS)

    def _create(self, request: Request) -> Properties:
        kind = optional_text(request.body, "type")
        if kind != "email":
            message = f"not simulated: channels of type {kind!r}"
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        if not optional_text(block(request.body, "labels"), ADDRESS):
            message = f"labels.{ADDRESS}: must be there for type email"
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        name = self._project.path("notificationChannels", self._project.new_id())
        made: Properties = {"mutateTime": now()}
        return self._project.store.put(
            name, {"enabled": True, **request.body, "name": name, "creationRecord": made}
        )

    def _list(self, request: Request) -> Properties:
        parent = self._project.path("notificationChannels", "*")
        found = [one for _name, one in self._project.store.named(parent)]
        return page(request, found, "notificationChannels")

    def _patch(self, request: Request) -> Properties:
        channel = self._found(request, request["name"])
        masked(request, channel, request.body)
        return self._project.store.put(str(channel["name"]), channel)

    def _delete(self, request: Request) -> Properties:
        """Delete a channel; one that an alert policy writes to goes by force alone."""
        name = request["name"]
        self._found(request, name)
        policies = self._project.store.named(self._project.path("alertPolicies", "*"))
        used = [policy for policy, said in policies if name in texts(said, "notificationChannels")]
        if used and request.parameters.get("force") is not True:
            message = f"{name} is used by {', '.join(used)}; delete with force"
            raise request.refusal(Status.FAILED_PRECONDITION, message)
        self._project.store.drop(name)
        return {}

    def _found(self, request: Request, name: str) -> Properties:
        message = f"Cannot find notification channel {name}."
        return request.found(name, message, Status.NOT_FOUND)


class Budgets(StandardMethods):
    """The budgets of the account that pays for the project."""

    def __init__(self, project: Project) -> None:
        """Serve them, and who pays."""
        super().__init__(project, BUDGETS)
        project.register("cloudbilling.projects.getBillingInfo", self._payer)

    def _payer(self, request: Request) -> Properties:
        name = self._project.path()
        if request["name"] != name:
            raise request.not_found(request["name"])
        return {
            "name": f"{name}/billingInfo",
            "projectId": self._project.project,
            "billingAccountName": ACCOUNT,
            "billingEnabled": True,
        }

    def _create(self, request: Request) -> Properties:
        if request["parent"] != ACCOUNT:
            message = "The caller does not have permission"
            raise request.refusal(Status.PERMISSION_DENIED, message)
        name = f"{ACCOUNT}/budgets/{self._project.chance.new_uuid()}"
        return self._put(request, {**request.body, "name": name})

    def _put(self, request: Request, budget: Properties) -> Properties:
        amount = block(block(budget, "amount"), "specifiedAmount")
        currency = optional_text(amount, "currencyCode") or CURRENCY
        if currency != CURRENCY:
            message = f"amount: must be in {CURRENCY}, the billing account's currency"
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        channels = texts(block(budget, "notificationsRule"), "monitoringNotificationChannels")
        if len(channels) > MOST_CHANNELS:
            message = f"notificationsRule: at most {MOST_CHANNELS} channels are allowed"
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        for channel in channels:
            if channel not in self._project.store:
                message = f"notificationsRule: {channel} does not exist"
                raise request.refusal(Status.INVALID_ARGUMENT, message)
        budget["budgetFilter"] = {
            "creditTypesTreatment": "INCLUDE_ALL_CREDITS",
            **block(budget, "budgetFilter"),
        }
        return self._project.store.put(str(budget["name"]), budget)

    def _list(self, request: Request) -> Properties:
        found = [one for _name, one in self._project.store.named(f"{ACCOUNT}/budgets/*")]
        return page(request, found, "budgets")

    def _patch(self, request: Request) -> Properties:
        budget = self._found(request, request["name"])
        masked(request, budget, request.body)
        return self._put(request, budget)

    def _delete(self, request: Request) -> Properties:
        self._found(request, request["name"])
        self._project.store.drop(request["name"])
        return {}

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, "Requested entity was not found.", Status.NOT_FOUND)
