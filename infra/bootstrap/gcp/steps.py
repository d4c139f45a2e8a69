"""The steps of a bootstrap of Google Cloud: look, compare, change.

Owns their order, and what is compared of accounts, custom roles and policies; bucket and key are in
`stores`, the pool in `trust`. A step that was cut is found again by what it left: everything has a
name that is known beforehand.
Order: APIs, then who there is and who becomes it, then key and bucket, last the project's policy.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.bootstrap.gcp import grants
from infra.bootstrap.gcp.federation import TAKE_ON, members
from infra.bootstrap.gcp.grants import OwnRole
from infra.bootstrap.gcp.ground import Ground, require_names
from infra.bootstrap.gcp.looking import Looking, PolicyHome, require_mark
from infra.bootstrap.gcp.patience import Patient
from infra.bootstrap.gcp.policies import VERSION, Grant, grants_of, of_accounts, whole
from infra.bootstrap.gcp.services import enable_services
from infra.bootstrap.gcp.stores import Stores
from infra.bootstrap.gcp.trust import Trust
from infra.bootstrap.hand import Hand
from infra.bootstrap.plan import PROJECT, Forge, Role, Stacks
from infra.bootstrap.report import Outcome
from infra.google_api import GoogleApi
from infra.replies import texts

if TYPE_CHECKING:
    from infra.wire import Properties, Value

ACCOUNTS = "iam.projects.serviceAccounts"
ROLES = "iam.projects.roles"
PROJECTS = "cloudresourcemanager.projects"
DEPLOYER = "modelsDeployerRole"
"""Output with the account that ships models (`infra.layers.foundation`; a test compares)."""


@dataclass(frozen=True)
class GcpBootstrap:
    """One bootstrap of one project."""

    api: GoogleApi
    stacks: Stacks
    forge: Forge
    hand: Hand
    has_budget: bool = False
    """Whether the stack declares a budget, which asks for rights on its billing account."""
    sleep: Callable[[float], None] = time.sleep

    def run(self) -> Outcome:
        """Make all that is missing, and mend what differs.

        Raises:
            MistakesError: a name is too long for Google Cloud.
            CloudApiError: Google refuses a call, or does not answer.
            BootstrapError: something there is somebody else's.
        """
        require_names(self.stacks, self.forge)
        looking = Looking(Patient(self.api, self.hand, self.sleep), self.hand)
        ground = Ground(
            project=self.api.project,
            number=enable_services(looking),
            region=self.api.region,
            stacks=self.stacks,
        )
        for role in grants.own_roles(ground):
            _custom_role(looking, ground, role)
        Trust(looking, ground, self.forge).make()
        for role in self.stacks.roles:
            self._account(looking, ground, role)
        stores = Stores(looking, ground)
        stores.make()
        self._rights(looking, ground, stores.agent)
        return self._outcome(ground)

    def _account(self, looking: Looking, ground: Ground, role: Role) -> None:
        before, email, name = len(self.hand.changes), ground.email(role), ground.account(role)
        have = looking.found(f"{ACCOUNTS}.get", name=name)
        if have is None:
            looking.change(
                f"create account {email}",
                f"{ACCOUNTS}.create",
                {
                    "accountId": email.partition("@")[0],
                    "serviceAccount": {
                        "displayName": f"{role} of {self.stacks.ground}",
                        "description": ground.mark,
                    },
                },
                name=ground.path,
            )
        else:
            mark = ground.mark
            require_mark(
                f"account {email}", have.get("description"), mark, f"describe it as {mark!r}"
            )
            if have.get("disabled"):
                looking.change(f"enable account {email}", f"{ACCOUNTS}.enable", {}, name=name)
        looking.mend_policy(
            PolicyHome(f"account {email}", ACCOUNTS, {"resource": name}),
            [Grant(TAKE_ON, member) for member in members(ground, self.forge, role)],
            whole,
            is_there=have is not None or not self.hand.dry_run,
        )
        if len(self.hand.changes) == before:
            self.hand.fine(f"account {email}")

    def _rights(self, looking: Looking, ground: Ground, agent: str) -> None:
        """Grant each account on the project what it needs, and take all else from it.

        What a stack grants to one of them by a role of its own (`cluster.admins`) is the stack's.
        """
        before = len(self.hand.changes)
        own = ground.custom_role("")
        of_stacks = f"{ground.path}/roles/{PROJECT}_"
        looking.mend_policy(
            PolicyHome(
                f"project {ground.project}",
                PROJECTS,
                {"resource": ground.project},
                question={},
                asking={"options": {"requestedPolicyVersion": VERSION}},
            ),
            grants_of(grants.bindings(ground, agent), ground.path),
            of_accounts(
                [ground.email(role) for role in Role],
                with_everybody=False,
                kept=lambda role: role.startswith(of_stacks) and not role.startswith(own),
            ),
            is_there=True,
        )
        if len(self.hand.changes) == before:
            self.hand.fine(f"rights on project {ground.project}")

    def _outcome(self, ground: Ground) -> Outcome:
        foundation, by_hand = ground.member(Role.FOUNDATION), []
        if self.stacks.of_models:
            by_hand.append(
                f"for jobs of {', '.join(self.stacks.of_models)}, once {self.stacks.ground} is up "
                "with that: GOOGLE_IMPERSONATE_SERVICE_ACCOUNT=what `pulumi stack output "
                f"{DEPLOYER} --stack {self.stacks.ground}` says"
            )
        if self.has_budget:
            by_hand.append(
                "budgets are the billing account's: whoever manages it lets the foundation keep "
                "them: gcloud billing accounts add-iam-policy-binding BILLING_ACCOUNT "
                f"--member={foundation} --role={grants.BILLING}"
            )
        return Outcome(
            backend=f"gs://{ground.bucket}",
            secrets_provider=f"gcpkms://{ground.key}",
            identities={role: ground.email(role) for role in self.stacks.roles},
            identity_variable="GCP_SERVICE_ACCOUNT",
            variables={"GCP_IDENTITY_PROVIDER": ground.provider(self.forge)},
            deployer=ground.member(Role.MODELS) if self.stacks.of_models else "",
            by_hand=by_hand,
        )


def _custom_role(looking: Looking, ground: Ground, role: OwnRole) -> None:
    short, before = role.name.rpartition("/")[2], len(looking.hand.changes)
    permissions: list[Value] = [*role.permissions]
    body: Properties = {
        "title": role.title,
        "description": ground.mark,
        "stage": "GA",
        "includedPermissions": permissions,
    }
    have = looking.found(f"{ROLES}.get", name=role.name)
    if have is None:
        asked: Properties = {"roleId": short, "role": body}
        looking.change(f"create role {short}", f"{ROLES}.create", asked, parent=ground.path)
        return
    mark = ground.mark
    require_mark(f"role {short}", have.get("description"), mark, f"describe it as {mark!r}")
    if have.get("deleted"):
        looking.change(f"bring role {short} back", f"{ROLES}.undelete", {}, name=role.name)
    if sorted(texts(have, "includedPermissions")) != [*role.permissions]:
        looking.change(
            f"change what role {short} allows",
            f"{ROLES}.patch",
            body,
            name=role.name,
            updateMask="includedPermissions",
        )
    if len(looking.hand.changes) == before:
        looking.hand.fine(f"role {short}")
