"""What a bootstrap of Google Cloud makes: names, and the marks by which it knows its own.

Owns names and their limits. Does not own what a name may (`grants`), nor whom it trusts
(`federation`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.bootstrap.plan import GITHUB, PROJECT, Forge, Role, Stacks
from infra.spec.mistakes import Mistake, MistakesError
from infra.spec.stack import cluster_name

LABEL = "tokenworks-bootstrap"
"""Label of the bucket and the key; its value is the ground stack."""
MOST_OF_ACCOUNT = 30
"""Characters of the id of a service account (IAM API, `CreateServiceAccountRequest.accountId`)."""
MOST_OF_SUBJECT = 127
"""Bytes of `google.subject` (IAM API, `WorkloadIdentityPoolProvider.attributeMapping`)."""
LONGEST_STACK = MOST_OF_ACCOUNT - max(len(f"-{role}") for role in Role)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where a bootstrap is, and how its things are called."""

    project: str
    """Id of the project, `example-llm-prod`."""
    number: str
    """Its number: pools, and conditions on secrets, know a project by that."""
    region: str
    stacks: Stacks

    @property
    def mark(self) -> str:
        """Description of what has no labels: accounts, custom roles, the pool."""
        return f"tokenworks bootstrap of {self.stacks.ground}"

    @property
    def cluster(self) -> str:
        """Full name of the stack's cluster."""
        return f"{self.location}/clusters/{cluster_name(self.stacks.ground)}"

    @property
    def path(self) -> str:
        """Full name of the project."""
        return f"projects/{self.project}"

    @property
    def location(self) -> str:
        """Full name of the project's part in the region."""
        return f"{self.path}/locations/{self.region}"

    @property
    def bucket(self) -> str:
        """Name of the bucket of states."""
        return f"{PROJECT}-{self.stacks.ground}-state-{self.number}"

    @property
    def ring(self) -> str:
        """Full name of the ring of the key; not as the stack's own ring is called."""
        return f"{self.location}/keyRings/{PROJECT}-{self.stacks.ground}-state"

    @property
    def key(self) -> str:
        """Full name of the key of states and of secrets in them."""
        return f"{self.ring}/cryptoKeys/state"

    @property
    def pool(self) -> str:
        """Full name of the pool of those who come in from the forge.

        Ids that begin with `gcp-` are Google's (IAM API, `workloadIdentityPools.create`).
        """
        parent = f"projects/{self.number}/locations/global/workloadIdentityPools"
        return f"{parent}/{PROJECT}-{self.stacks.ground}"

    def provider(self, forge: Forge) -> str:
        """Return the full name of the provider of a forge's tokens."""
        return f"{self.pool}/providers/{'github' if forge.issuer == GITHUB else 'gitlab'}"

    def email(self, role: Role) -> str:
        """Return the address of a role's account."""
        return f"{self.stacks.ground}-{role}@{self.project}.iam.gserviceaccount.com"

    def account(self, role: Role) -> str:
        """Return the full name of a role's account."""
        return f"{self.path}/serviceAccounts/{self.email(role)}"

    def member(self, role: Role) -> str:
        """Return a role's account as policies name it."""
        return f"serviceAccount:{self.email(role)}"

    def custom_role(self, purpose: str) -> str:
        """Return the full name of a custom role of the bootstrap.

        Roles of stacks are `tokenworks_PURPOSE_DRAWN`, without a stack.
        """
        stack = self.stacks.ground.replace("-", "_")
        return f"{self.path}/roles/{PROJECT}_{stack}_{purpose}"


def require_names(stacks: Stacks, forge: Forge) -> None:
    """Refuse names that are too long for Google Cloud, before anything is asked.

    Raises:
        MistakesError: an account's id, or the subject of a job's token, would be too long.
    """
    mistakes = [
        Mistake(
            setting="STACK",
            problem="has too long a name for a service account, `STACK-foundation`",
            got=stacks.ground,
            allowed=f"at most {LONGEST_STACK} characters",
            next_step="choose a shorter name before the first `up`",
        )
    ] * (len(stacks.ground) > LONGEST_STACK)
    longest = max(_subjects(stacks, forge), key=_bytes)
    if _bytes(longest) > MOST_OF_SUBJECT:
        mistakes.append(
            Mistake(
                setting="--github, --gitlab",
                problem="is part of a token's subject that is too long for Google Cloud",
                got=longest,
                allowed=f"subjects of at most {MOST_OF_SUBJECT} bytes",
                next_step="choose a shorter name of the repository or of the stack",
            )
        )
    if mistakes:
        subject = "bootstrap"
        raise MistakesError(subject, mistakes)


def _subjects(stacks: Stacks, forge: Forge) -> Sequence[str]:
    return [subject for role in stacks.roles for subject in forge.subjects(role, stacks)]


def _bytes(text: str) -> int:
    return len(text.encode())
