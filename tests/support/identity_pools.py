"""Pools of identities from outside, on the simulated Google Cloud: pools and their providers.

Owns what IAM's API says of them: ids, what GitHub's provider must ask, that what is deleted keeps
its name, and that every change is an operation. No rehearsal needs them: a stack declares none.
Sources: descriptions in IAM's discovery document; google-github-actions/auth#440 (2024-08) for the
words about the condition, as remembered.
"""

import re
from collections.abc import Callable

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.iam.accounts import METHODS as ACCOUNTS
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import block, optional_text
from infra.wire import Properties

POOLS = "iam.projects.locations.workloadIdentityPools"
PROVIDERS = f"{POOLS}.providers"
ID = re.compile(r"[a-z0-9-]{4,32}")
MANY_TENANTS = "token.actions.githubusercontent.com"
LIMITS = {"displayName": 32, "description": 256, "attributeCondition": 4096}
"""Characters of texts."""


class IdentityPools:
    """Pools and providers of one project, by its number."""

    def __init__(self, project: Project) -> None:
        """Serve them, and the switch of service accounts."""
        self._project = project
        for methods, key in ((POOLS, "workloadIdentityPools"), (PROVIDERS, "providers")):
            served: dict[str, Callable[[Request], Properties]] = {
                "create": self._creates(key),
                "get": self._get,
                "list": self._lists(key),
                "patch": self._patch,
                "delete": self._delete,
                "undelete": self._undelete,
            }
            project.serve(methods, served)
            project.register(f"{methods}.operations.get", self._operation)
        project.register(f"{ACCOUNTS}.enable", self._switches(on=True))
        project.register(f"{ACCOUNTS}.disable", self._switches(on=False))

    def _creates(self, key: str) -> Callable[[Request], Properties]:
        ids = {
            "workloadIdentityPools": "workloadIdentityPoolId",
            "providers": "workloadIdentityPoolProviderId",
        }

        def create(request: Request) -> Properties:
            made = str(request.parameters.get(ids[key], ""))
            if not ID.fullmatch(made) or made.startswith("gcp-"):
                raise request.refusal(Status.INVALID_ARGUMENT, f"Invalid id: {made}")
            name = f"{request['parent']}/{key}/{made}"
            if name in self._project.store:
                raise request.refusal(Status.ALREADY_EXISTS, f"{name} already exists.")
            if key == "providers":
                request.found(request["parent"], "Pool not found.", Status.NOT_FOUND)
            thing: Properties = {**request.body, "name": name, "state": "ACTIVE"}
            self._check(request, thing)
            self._project.store.put(name, thing)
            return self._begun(name)

        return create

    def _lists(self, key: str) -> Callable[[Request], Properties]:
        members = {"providers": "workloadIdentityPoolProviders"}

        def show(request: Request) -> Properties:
            found = [
                one
                for _name, one in self._project.store.named(f"{request['parent']}/{key}/*")
                if one["state"] == "ACTIVE"
            ]
            return page(request, found, members.get(key, key))

        return show

    def _get(self, request: Request) -> Properties:
        return request.found(request["name"], "Requested entity was not found.", Status.NOT_FOUND)

    def _patch(self, request: Request) -> Properties:
        thing = self._get(request)
        changed = {**thing}
        masked(request, changed, request.body)
        self._check(request, changed)
        self._project.store.put(request["name"], changed)
        return self._begun(request["name"])

    def _delete(self, request: Request) -> Properties:
        self._get(request)["state"] = "DELETED"
        return self._begun(request["name"])

    def _undelete(self, request: Request) -> Properties:
        self._get(request)["state"] = "ACTIVE"
        return self._begun(request["name"])

    def _check(self, request: Request, thing: Properties) -> None:
        for field, most in LIMITS.items():
            if len(optional_text(thing, field)) > most:
                raise request.refusal(Status.INVALID_ARGUMENT, f"{field} is too long.")
        if "oidc" not in thing:
            return
        if not block(thing, "attributeMapping").get("google.subject"):
            message = "The mapping must include google.subject."
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        asks = "assertion." in optional_text(thing, "attributeCondition")
        if MANY_TENANTS in optional_text(thing, "oidc.issuerUri") and not asks:
            message = "The attribute condition must reference one of the provider's claims."
            raise request.refusal(Status.INVALID_ARGUMENT, message)

    def _begun(self, name: str) -> Properties:
        """Return an operation that runs; who asks for it hears that it is done."""
        return {"name": f"{name}/operations/{self._project.chance.new_hex(8)}"}

    def _operation(self, request: Request) -> Properties:
        return {"name": request["name"], "done": True, "response": {}}

    def _switches(self, *, on: bool) -> Callable[[Request], Properties]:
        def switch(request: Request) -> Properties:
            request.found(request["name"], "Not found.")["disabled"] = not on
            return {}

        return switch
