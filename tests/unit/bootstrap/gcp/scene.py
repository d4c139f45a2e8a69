"""A project that is played in memory, new and empty, whose connection may break at any change."""

import copy
from collections.abc import Callable, Sequence

from infra.bootstrap.gcp.ground import Ground
from infra.bootstrap.gcp.policies import grants_in
from infra.bootstrap.gcp.services import NEEDED
from infra.bootstrap.gcp.steps import GcpBootstrap
from infra.bootstrap.hand import Hand
from infra.bootstrap.plan import GITHUB, Forge, Stacks
from infra.bootstrap.report import Outcome
from infra.cloud_error import CloudApiError
from infra.google_discovery import method
from infra.rehearsal.cloud.errors import CloudError
from infra.rehearsal.gcp.api.iam.accounts import Accounts
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.iam.projects import Projects
from infra.rehearsal.gcp.api.iam.roles import Roles
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.api.services import ENABLED_AT_FIRST, Services
from infra.rehearsal.gcp.api.stores.buckets import Buckets
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import blocks
from infra.wire import Properties, Value
from tests.support.identity_pools import IdentityPools

PROJECT, REGION, OWNER = "example-llm-prod", "us-central1", "user:owner@example.com"
STACKS = Stacks(ground="gcp-prod", of_models=("gcp-prod-models",))
FORGE = Forge(issuer=GITHUB, repository="example/platform")
PASSING = frozenset(
    {
        *("createTime", "etag", "generateTime", "generation", "lockedTime", "metageneration"),
        *("nextRotationTime", "oauth2ClientId", "timeCreated", "uniqueId", "updated"),
        *("effectiveTime", "version"),
    }
)
"""What is another one in each run: ids, times."""


class Played:
    """A project; everything in it is made by calls."""

    def __init__(self) -> None:
        """Begin as Google gives a new one: four APIs are on."""
        self.project = Project(PROJECT, REGION)
        Services(self.project, ENABLED_AT_FIRST)
        self._policies = policies = Policies(self.project)
        roles = Roles(self.project)
        Accounts(self.project, policies)
        Projects(self.project, policies, OWNER)
        Buckets(self.project, policies, Keys(self.project, policies, roles))
        IdentityPools(self.project)
        # What Cloud Storage grants on each new bucket.
        policies.start(
            f"b/{self.ground.bucket}",
            {
                "roles/storage.legacyBucketOwner": [
                    f"projectEditor:{PROJECT}",
                    f"projectOwner:{PROJECT}",
                ],
                "roles/storage.legacyObjectReader": [f"projectViewer:{PROJECT}"],
            },
        )

    @property
    def ground(self) -> Ground:
        """Return the names of its things."""
        return Ground(project=PROJECT, number=self.project.number, region=REGION, stacks=STACKS)

    def enable_everything(self) -> None:
        """Switch all APIs on, so that a test can make things before a bootstrap does."""
        services: list[Value] = [f"{name}.googleapis.com" for name in NEEDED]
        body: Properties = {"serviceIds": services}
        parent = f"projects/{PROJECT}"
        self.project.call("serviceusage.services.batchEnable", body, parent=parent)

    def grants_on_project(self) -> set[tuple[str, str]]:
        """Return roles and members of the project's policy."""
        policy = self._policies.of(f"projects/{PROJECT}")
        return {(one.role, one.member) for one in grants_in(policy)}

    def everything(self) -> dict[str, Properties]:
        """Return all that is in it, without ids and times."""
        things = copy.deepcopy(dict(self.project.store.everything()))
        return {name: _lasting(one) for name, one in things.items()}


class Line:
    """A connection to a project that may break at the nth call that changes something.

    Before it, the call is lost; after it, the reply is.
    """

    project, region = PROJECT, REGION

    def __init__(self, played: Played, at: int = 0, *, after: bool = False) -> None:
        """Break at no call unless one is named."""
        self._played, self._at, self._after = played, at, after
        self.writes: list[str] = []
        self.calls: list[tuple[str, Properties | None, Properties]] = []

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Make a call, or break."""
        self.calls.append((method_id, body, parameters))
        if method(method_id).only_reads:
            return self._answer(method_id, body, parameters)
        self.writes.append(method_id)
        if len(self.writes) == self._at and not self._after:
            raise CloudApiError(method_id, "TransportError", "cut")
        reply = self._answer(method_id, body, parameters)
        if len(self.writes) == self._at:
            raise CloudApiError(method_id, "TimeoutError", "cut")
        return reply

    def _answer(self, method_id: str, body: Properties | None, given: Properties) -> Properties:
        try:
            return self._played.project.call(method_id, body, **given)
        except CloudError as error:
            raise CloudApiError(method_id, error.code, error.reason) from error


def run(
    line: Line,
    *,
    dry_run: bool = False,
    stacks: Stacks = STACKS,
    forge: Forge = FORGE,
    sleep: Callable[[float], None] = lambda _seconds: None,
) -> tuple[Outcome, Hand]:
    """Run a bootstrap; nobody sleeps."""
    hand = Hand(lambda _line: None, dry_run=dry_run)
    return GcpBootstrap(line, stacks, forge, hand, sleep=sleep).run(), hand


def changes(hand: Hand) -> Sequence[str]:
    """Return the first line of each change."""
    return [change.partition("\n")[0] for change in hand.changes]


def _lasting(thing: Properties) -> Properties:
    kept = {key: value for key, value in thing.items() if key not in PASSING}
    if not kept.get("disabled"):
        kept.pop("disabled", None)  # Google says nothing of a switch that is not on
    if "bindings" in kept:
        kept["bindings"] = sorted(blocks(kept, "bindings"), key=str)
    return {
        key: _lasting({**value}) if isinstance(value, dict) else value
        for key, value in kept.items()
    }
