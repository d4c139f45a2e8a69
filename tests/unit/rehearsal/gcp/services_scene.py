"""A simulated project with its smaller services, and calls as tests make them."""

from dataclasses import dataclass

import pytest

from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.api.iam.accounts import Accounts
from infra.rehearsal.gcp.api.iam.names import workload_pool
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.iam.projects import Projects
from infra.rehearsal.gcp.api.iam.roles import Roles
from infra.rehearsal.gcp.api.operations import Operations
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.api.services import Services
from infra.rehearsal.gcp.api.stores.buckets import Buckets
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.rehearsal.gcp.api.stores.logs import Logs
from infra.rehearsal.gcp.api.stores.repositories import Repositories
from infra.wire import Properties, Value

PROJECT, REGION = "acme-llm", "us-central1"
OWNER = "user:ada@example.com"
RING = f"projects/{PROJECT}/locations/{REGION}/keyRings/tokenworks"
KEY = f"{RING}/cryptoKeys/secrets"


@dataclass(frozen=True)
class Scene:
    """The project and the parts that other parts ask."""

    project: Project
    operations: Operations
    policies: Policies
    roles: Roles
    accounts: Accounts
    keys: Keys

    def call(
        self, method_id: str, body: Properties | None = None, /, **parameters: Value
    ) -> Properties:
        return self.project.call(method_id, body, **parameters)

    def refusal(
        self, method_id: str, body: Properties | None = None, /, **parameters: Value
    ) -> str:
        with pytest.raises(GoogleError) as caught:
            self.project.call(method_id, body, **parameters)
        return str(caught.value)

    def key(self) -> str:
        """Make a key and return its full name."""
        parent = f"projects/{PROJECT}/locations/{REGION}"
        rings = "cloudkms.projects.locations.keyRings"
        self.call(f"{rings}.create", {}, parent=parent, keyRingId="tokenworks")
        wanted: Properties = {"purpose": "ENCRYPT_DECRYPT", "rotationPeriod": "7776000s"}
        self.call(f"{rings}.cryptoKeys.create", wanted, parent=RING, cryptoKeyId="secrets")
        return KEY

    def let_use(self, key: str, robot: str) -> None:
        """Let a service's agent encrypt with a key."""
        keys = "cloudkms.projects.locations.keyRings.cryptoKeys"
        bound: Properties = {
            "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
            "members": [f"serviceAccount:{robot}"],
        }
        policy = self.call(f"{keys}.getIamPolicy", resource=key)
        before = policy.get("bindings")
        bindings: list[Value] = [*(before if isinstance(before, list) else []), bound]
        wanted: Properties = {"policy": {**policy, "bindings": bindings}}
        self.call(f"{keys}.setIamPolicy", wanted, resource=key)

    def account(self, account_id: str) -> str:
        """Make a service account and return its address."""
        made = self.call(
            "iam.projects.serviceAccounts.create",
            {"accountId": account_id, "serviceAccount": {"displayName": account_id}},
            name=f"projects/{PROJECT}",
        )
        return str(made["email"])


def assemble(journal: Journal | None = None) -> Scene:
    """Return a project whose services answer; nothing is built anew yet."""
    project = Project(PROJECT, REGION, journal=journal)
    operations = Operations(project)
    Services(project)
    policies = Policies(project)
    roles = Roles(project)
    accounts = Accounts(project, policies)
    Projects(project, policies, OWNER)
    keys = Keys(project, policies, roles)
    Buckets(project, policies, keys)
    Repositories(project, policies, keys)
    Logs(project, keys)
    return Scene(project, operations, policies, roles, accounts, keys)


def scene(journal: Journal | None = None) -> Scene:
    """Return a project whose services answer."""
    made = assemble(journal)
    made.project.repeat()
    return made


def open_pool(made: Scene) -> None:
    """Do what the first cluster of a project does: pods have identities from then on."""
    create = "container.projects.locations.clusters.create"
    made.project.register(
        create, lambda _: made.project.store.put(workload_pool(PROJECT), {"state": "ACTIVE"})
    )
    made.call(create, {}, parent=f"projects/{PROJECT}/locations/us-central1")
