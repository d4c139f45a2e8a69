"""Trust in a forge's jobs on Google Cloud: the pool, its provider, and nobody beside it.

Owns the steps. Deleted pools and providers keep their names for 30 days (IAM API,
`WorkloadIdentityPool.state`): they are brought back.
"""

from dataclasses import dataclass

from infra.bootstrap.gcp.federation import provider_body
from infra.bootstrap.gcp.ground import Ground
from infra.bootstrap.gcp.looking import Looking, require_mark
from infra.bootstrap.hand import BootstrapError
from infra.bootstrap.plan import Forge
from infra.google_api import listed
from infra.replies import block, dig, optional_text
from infra.wire import Properties

POOLS = "iam.projects.locations.workloadIdentityPools"
PROVIDERS = f"{POOLS}.providers"
DELETED = "DELETED"
COMPARED = ("disabled", "attributeMapping", "attributeCondition")
"""Parts of a provider that are compared whole."""
MASK = "disabled,attributeMapping,attributeCondition,oidc"
OWN_KEYS = ("allowedAudiences", "discoveryUri", "jwksJson")
"""What a provider of ours has not: other audiences, and other keys than the forge's own."""


@dataclass(frozen=True)
class Trust:
    """The pool of one bootstrap."""

    looking: Looking
    ground: Ground
    forge: Forge

    def make(self) -> None:
        """Make pool and provider, and mend what differs.

        Raises:
            CloudApiError: Google refuses a call, or does not answer.
            BootstrapError: the pool is somebody else's, or trusts somebody else, too.
        """
        before = len(self.looking.hand.changes)
        self._pool()
        self._provider()
        if len(self.looking.hand.changes) == before:
            self.looking.hand.fine(f"trust in {self.forge.host}")

    def _pool(self) -> None:
        name, looking = self.ground.pool, self.looking
        have = looking.found(f"{POOLS}.get", name=name)
        short = name.rpartition("/")[2]
        if have is None:
            parent = name.partition("/workloadIdentityPools/")[0]
            body: Properties = {"displayName": short[:32], "description": self.ground.mark}
            looking.begin(
                f"create pool {short}, for jobs of {self.forge.repository}",
                (f"{POOLS}.create", f"{POOLS}.operations.get"),
                body,
                parent=parent,
                workloadIdentityPoolId=short,
            )
            return
        mark = self.ground.mark
        require_mark(f"pool {short}", have.get("description"), mark, f"describe it as {mark!r}")
        if have.get("state") == DELETED:
            methods = (f"{POOLS}.undelete", f"{POOLS}.operations.get")
            looking.begin(f"bring pool {short} back", methods, {}, name=name)
        if have.get("disabled"):
            methods = (f"{POOLS}.patch", f"{POOLS}.operations.get")
            on: Properties = {"disabled": False}
            looking.begin(f"enable pool {short}", methods, on, name=name, updateMask="disabled")
        self._require_nobody_else(short)

    def _provider(self) -> None:
        name, looking = self.ground.provider(self.forge), self.looking
        wanted = provider_body(self.ground, self.forge)
        have = looking.found(f"{PROVIDERS}.get", name=name)
        ends = f"{PROVIDERS}.operations.get"
        if have is None:
            parent, _providers, short = name.rsplit("/", 2)
            looking.begin(
                f"trust tokens of {self.forge.issuer}",
                (f"{PROVIDERS}.create", ends),
                wanted,
                parent=parent,
                workloadIdentityPoolProviderId=short,
            )
            return
        if have.get("state") == DELETED:
            what = f"bring the trust in {self.forge.host} back"
            looking.begin(what, (f"{PROVIDERS}.undelete", ends), {}, name=name)
        if not self._is_as(have, wanted):
            looking.begin(
                f"change which tokens of {self.forge.host} come in",
                (f"{PROVIDERS}.patch", ends),
                wanted,
                name=name,
                updateMask=MASK,
            )

    def _is_as(self, have: Properties, wanted: Properties) -> bool:
        oidc = block(have, "oidc")
        return (
            all((have.get(part) or False) == (wanted[part] or False) for part in COMPARED)
            and oidc.get("issuerUri") == dig(wanted, "oidc.issuerUri")
            and not any(oidc.get(part) for part in OWN_KEYS)
        )

    def _require_nobody_else(self, pool: str) -> None:
        """Refuse a pool with a second provider: it may call anybody by a subject of ours."""
        own = self.ground.provider(self.forge).rpartition("/")[2]
        method_id, at = f"{PROVIDERS}.list", "workloadIdentityPoolProviders"
        providers = listed(self.looking.api, method_id, at, parent=self.ground.pool)
        names = {optional_text(one, "name").rpartition("/")[2] for one in providers}
        others = sorted(names - {own})
        if others:
            message = (
                f"pool {pool} trusts {', '.join(others)}, too, whose tokens could bear the names "
                "of our jobs: delete that provider, or give it a pool of its own"
            )
            raise BootstrapError(message)
