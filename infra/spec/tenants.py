"""Tenants: who may use which models through the gateway, how often, and from where in the cluster.

Owns the words, and which keys are a tenant's. Which of them go together is in `checks_tenants`.
"""

from typing import Annotated

from pydantic import Field

from infra.spec.gateway import MOST_TOKENS
from infra.spec.section import Section

NEXT_KEY = ".next"
"""End of the name of a tenant's second key, while it changes from one key to another."""


class TenantNamespaceSpec(Section):
    """What a tenant's own pods may take of the system nodes, in a namespace of theirs."""

    cpu: Annotated[float, Field(ge=0.1, le=1024, strict=True)]
    """Cores that its pods may ask for, together."""
    memory_gib: Annotated[float, Field(ge=0.25, le=8192, strict=True)]
    """Memory that its pods may ask for, and may take, together, in GiB."""
    pods: Annotated[int, Field(ge=1, le=1000, strict=True)]
    """Pods at once."""


class TenantSpec(Section):
    """Somebody who uses models, known by a key."""

    name: str
    """Name of its key in the secret `api-keys`: lower-case letters, digits and hyphens."""
    models: tuple[str, ...] | None
    """Names of the models that it may use. Absent: all of them; None where no stack of models is
    looked at."""
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    """Its requests to one path of one model, at each proxy."""
    tokens_per_minute: Annotated[int, Field(ge=1, le=MOST_TOKENS, strict=True)]
    """Its tokens of prompts and answers of one model at the shared host, over all proxies."""
    namespace: TenantNamespaceSpec | None
    """What its own pods get in the cluster. Absent: it has none there."""

    @property
    def key_names(self) -> tuple[str, str]:
        """Names of its keys: the one that it has, and the one that it changes to."""
        return self.name, f"{self.name}{NEXT_KEY}"

    def may_use(self, model: str) -> bool:
        """Return whether it may use the model of that name."""
        return self.models is None or model in self.models
