"""The keys of clients: put where they belong, as the person does who opens a gateway.

Owns the one client of a rehearsal without tenants. Does not own how keys get into the cluster:
External Secrets carries them.
"""

import json
import secrets
import time
from collections.abc import Sequence

from components.kubernetes.model_namespace import NAMESPACE
from components.kubernetes.secret_store import API_VERSION
from components.secrets import API_KEYS, place
from components.serving.route_objects import KEYS_SECRET
from infra.rehearsal.kubernetes.client import MERGE_PATCH, ApiClient
from infra.rehearsal.site import Site
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec

CLIENT = "rehearsal"
FORCE_SYNC = "force-sync"
"""Any new value of this annotation makes External Secrets look at once; else within the hour."""


def put_client_keys(site: Site, stacks: Sequence[StackSpec]) -> None:
    """Give every gateway that asks for keys its tenants, or one client, with keys nobody chose.

    Raises:
        CloudApiError: the simulated cloud has no place for it.
        ApiError: the API server refuses.
    """
    for spec in stacks:
        if Layer.PLATFORM not in spec.layers or not spec.gateway.is_built:
            continue
        if not spec.gateway.needs_key:
            continue
        clients = [tenant.name for tenant in spec.tenants] or [CLIENT]
        value = json.dumps({client: secrets.token_urlsafe(32) for client in clients}).encode()
        name = place(spec.cloud.provider, spec.platform_name, API_KEYS)
        site.cloud.put_secret(site.door, name, value)
        sync_now(site.api, NAMESPACE, KEYS_SECRET)


def sync_now(api: ApiClient, namespace: str, name: str) -> None:
    """Let External Secrets look at a secret at once, as the runbook's `kubectl annotate` does.

    Raises:
        ApiError: the API server refuses.
    """
    path = api.object_path(API_VERSION, "ExternalSecret", name, namespace)
    patch = {"metadata": {"annotations": {FORCE_SYNC: str(time.time_ns())}}}
    api.request("PATCH", path, patch, content_type=MERGE_PATCH)
