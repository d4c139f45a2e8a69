"""A running control plane, as those who use it see it."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

STATE_FILE = "control-plane.json"


@dataclass(frozen=True)
class ControlPlane:
    """Where the API server is, how to trust it, and what it is."""

    endpoint: str
    """`https://127.0.0.1:PORT`."""
    ca_pem: str
    """The authority that signed the server's certificate; clients verify it."""
    admin_token: str = field(repr=False)
    """Bearer token of a member of `system:masters`, new in every start."""
    kubeconfig: Path
    """The same for programs that take a file; readable by its owner only."""
    server_version: str
    """Version of the running programs as the API server tells it, `1.36.3`."""
    emulated_version: str
    """Version whose APIs, features and defaults it serves, `1.35`."""

    def write(self, directory: Path) -> None:
        """Save for a later `read`; only the owner can read it."""
        descriptor = os.open(directory / STATE_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, default=str)

    @classmethod
    def read(cls, directory: Path) -> "ControlPlane | None":
        """Return the control plane that was started there, or None. Says nothing about its life."""
        try:
            values = json.loads((directory / STATE_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        kubeconfig = Path(values.pop("kubeconfig"))
        return cls(kubeconfig=kubeconfig, **values)
