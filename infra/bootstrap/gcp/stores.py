"""The bucket of states and its key on Google Cloud: what they should be, and who gets at them.

Owns their settings. A key ring has no labels and cannot go again, so the one of this name is taken;
the key in it and the bucket are known by their label.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from infra.bootstrap.gcp.grants import bindings, bucket_scope
from infra.bootstrap.gcp.ground import LABEL, Ground
from infra.bootstrap.gcp.looking import Looking, PolicyHome, require_mark
from infra.bootstrap.gcp.policies import VERSION, Ours, grants_of, of_accounts
from infra.bootstrap.hand import BootstrapError
from infra.bootstrap.plan import Role
from infra.iam.gcp.bindings import Binding
from infra.replies import block, dig, optional_text
from infra.wire import Properties

RINGS = "cloudkms.projects.locations.keyRings"
KEYS = f"{RINGS}.cryptoKeys"
BUCKETS = "storage.buckets"
ROTATION_DAYS = 90
"""As the stack's own keys: CIS Google Cloud Foundation Benchmark 1.10 (`components.gcp.encryption`;
a test compares)."""
DAY_S = 24 * 3600
AGENT = "service-{number}@gs-project-accounts.iam.gserviceaccount.com"
"""Cloud Storage's agent (IAM documentation, "Service agents"), where nobody could be asked."""
ENABLED = "ENABLED"
SETTINGS = (
    ("keep every version of what is in it", "versioning.enabled"),
    (
        "let grants on the bucket alone decide",
        "iamConfiguration.uniformBucketLevelAccess.enabled",
    ),
    ("close it to the public", "iamConfiguration.publicAccessPrevention"),
    ("encrypt what is in it with the key", "encryption.defaultKmsKeyName"),
)
"""What a bucket must be, and where it says so."""


@dataclass(frozen=True)
class Stores:
    """Key and bucket of one bootstrap."""

    looking: Looking
    ground: Ground

    def make(self) -> None:
        """Make both, and mend what differs.

        Raises:
            CloudApiError: Google refuses a call, or does not answer.
            BootstrapError: one is somebody else's, or cannot be mended.
        """
        granted = bindings(self.ground, self.agent)
        self._key(granted)
        self._bucket(granted)

    @cached_property
    def agent(self) -> str:
        """Address of Cloud Storage's agent, which Google makes when it is first asked for."""
        found = self.looking.found(
            "storage.projects.serviceAccount.get", projectId=self.ground.project
        )
        email = optional_text(found, "email_address")
        return email or AGENT.format(number=self.ground.number)

    def _key(self, granted: Sequence[Binding]) -> None:
        looking, ground = self.looking, self.ground
        before = len(looking.hand.changes)
        if looking.found(f"{RINGS}.get", name=ground.ring) is None:
            parent, _rings, ring = ground.ring.rsplit("/", 2)
            what = f"create key ring {ring}"
            looking.change(what, f"{RINGS}.create", {}, parent=parent, keyRingId=ring)
        have = looking.found(f"{KEYS}.get", name=ground.key)
        if have is None:
            looking.change(
                "create a key for states and secrets in it, rotated each 90 days",
                f"{KEYS}.create",
                self._wanted_key(),
                parent=ground.ring,
                cryptoKeyId=ground.key.rpartition("/")[2],
            )
        else:
            self._mend_key(have)
        home = PolicyHome("the key of states", KEYS, {"resource": ground.key})
        wanted = grants_of(granted, ground.key)
        looking.mend_policy(home, wanted, self._ours(), is_there=self._is_there(have))
        if len(looking.hand.changes) == before:
            looking.hand.fine(f"key {ground.key}")

    def _wanted_key(self) -> Properties:
        return {
            "purpose": "ENCRYPT_DECRYPT",
            "labels": {LABEL: self.ground.stacks.ground},
            **_rotation(),
        }

    def _mend_key(self, have: Properties) -> None:
        name = f"key {self.ground.key}"
        self._require_ours(name, have)
        state = optional_text(have, "primary.state")
        if state != ENABLED:
            message = (
                f"{name}: its version in use is {state or 'not there'}, so that no state can be "
                "opened; restore or enable it: gcloud kms keys versions restore, enable"
            )
            raise BootstrapError(message)
        if optional_text(have, "rotationPeriod") != _rotation()["rotationPeriod"]:
            self.looking.change(
                f"rotate the key each {ROTATION_DAYS} days",
                f"{KEYS}.patch",
                _rotation(),
                name=self.ground.key,
                updateMask="rotationPeriod,nextRotationTime",
            )

    def _bucket(self, granted: Sequence[Binding]) -> None:
        looking, ground = self.looking, self.ground
        before, wanted = len(looking.hand.changes), self._wanted_bucket()
        have = looking.found(f"{BUCKETS}.get", bucket=ground.bucket, projection="full")
        if have is None:
            looking.change(
                f"create bucket {ground.bucket}: versions kept, encrypted, closed to the public",
                f"{BUCKETS}.insert",
                {
                    "name": ground.bucket,
                    "location": ground.region.upper(),
                    "storageClass": "STANDARD",
                    "labels": {LABEL: ground.stacks.ground},
                    **wanted,
                },
                project=ground.project,
            )
        else:
            self._mend_bucket(have, wanted)
        home = PolicyHome(
            f"bucket {ground.bucket}",
            BUCKETS,
            {"bucket": ground.bucket},
            question={"optionsRequestedPolicyVersion": VERSION},
            is_bare=True,
        )
        looking.mend_policy(
            home,
            grants_of(granted, bucket_scope(ground)),
            self._ours(),
            is_there=self._is_there(have),
        )
        if len(looking.hand.changes) == before:
            looking.hand.fine(f"bucket {ground.bucket}")

    def _wanted_bucket(self) -> Properties:
        uniform: Properties = {"enabled": True}
        return {
            "versioning": {"enabled": True},
            "iamConfiguration": {
                "uniformBucketLevelAccess": uniform,
                "publicAccessPrevention": "enforced",
            },
            "encryption": {"defaultKmsKeyName": self.ground.key},
        }

    def _mend_bucket(self, have: Properties, wanted: Properties) -> None:
        name, region = f"bucket {self.ground.bucket}", self.ground.region.upper()
        if str(have.get("projectNumber")) != self.ground.number:
            message = f"{name} is there in another project; its name is taken"
            raise BootstrapError(message)
        self._require_ours(name, have)
        if have.get("location") != region:
            message = (
                f"{name} is in {have.get('location')}, not in {region}: no bucket can move; copy "
                "what is in it, delete it, and run this again"
            )
            raise BootstrapError(message)
        for what, path in SETTINGS:
            if dig(have, path) != dig(wanted, path):
                part = path.partition(".")[0]
                body: Properties = {part: block(wanted, part)}
                self.looking.change(what, f"{BUCKETS}.patch", body, bucket=self.ground.bucket)

    def _require_ours(self, what: str, have: Properties) -> None:
        stack = self.ground.stacks.ground
        label = block(have, "labels").get(LABEL)
        require_mark(what, label, stack, f"label it {LABEL}={stack}")

    def _is_there(self, have: Properties | None) -> bool:
        """Say whether a thing has a policy: a dry run has not made what was not there."""
        return have is not None or not self.looking.hand.dry_run

    def _ours(self) -> Ours:
        """Return which grants are ours: the accounts', and those to everybody.

        An operator's own grant on the bucket or the key stays.
        """
        return of_accounts([self.ground.email(role) for role in Role], with_everybody=True)


def _rotation() -> Properties:
    next_time = datetime.now(UTC) + timedelta(days=ROTATION_DAYS)
    return {
        "rotationPeriod": f"{ROTATION_DAYS * DAY_S}s",
        "nextRotationTime": next_time.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
