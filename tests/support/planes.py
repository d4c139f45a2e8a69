"""A control plane for one module of tests, where the shared one would get in the way of others."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from infra.rehearsal import control_plane as planes
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.ladder import Programs
from infra.rehearsal.supervisor import Supervisor
from infra.wire import Properties

KUBERNETES_VERSION = "1.35"


@contextmanager
def own_plane(programs: Programs, directory: Path) -> Generator[ApiClient]:
    """Start an empty control plane without machines; it ends with the block."""
    with Supervisor(directory) as supervisor:
        plane = planes.start(
            supervisor,
            programs,
            directory / "control-plane",
            kubernetes_version=KUBERNETES_VERSION,
        )
        client = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
        try:
            yield client
        finally:
            client.close()


def refusal(api: ApiClient, body: Properties) -> str:
    """Return what the API server says against an object, which it does not keep; empty: nothing."""
    try:
        api.apply(body, "test", dry_run=True)
    except ApiError as error:
        return error.message
    return ""
