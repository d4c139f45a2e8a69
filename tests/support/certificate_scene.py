"""A cluster in memory with the played cert-manager, and a clock that a test moves."""

import base64
from datetime import UTC, datetime, timedelta

from infra.rehearsal.controllers.cert_manager.controller import CertManager
from infra.rehearsal.kubernetes.values import condition
from infra.wire import Properties, Value
from tests.support import certificate_objects as objects
from tests.support.certificate_objects import MemoryZones
from tests.support.memory_api import MemoryApi

START = datetime(2026, 11, 27, tzinfo=UTC)
STEPS = 20
"""Enough for any certificate that nothing holds up."""


class Scene:
    """A cluster with the controller, and a clock that a test moves."""

    def __init__(self, *bodies: Properties) -> None:
        self.api = MemoryApi()
        self.zones = MemoryZones()
        self.now = START
        self.controller = CertManager(self.api, self.zones, self.clock)
        for body in (objects.deployment(), *bodies):
            self.api.put(body)

    def clock(self) -> float:
        return self.now.timestamp()

    def run(self, steps: int = STEPS) -> None:
        for _ in range(steps):
            self.controller.step()

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)
        self.run()

    def certificate(self, name: str = "public-tls", namespace: str = "gateway") -> dict:
        return self.api.one("Certificate", name, namespace)

    def ready(self) -> tuple[str, str]:
        found = condition(self.certificate(), "Ready")
        return str(found["status"]), str(found["reason"])

    def request(self) -> dict:
        (found,) = [
            body
            for body in self.api.of("CertificateRequest")
            if body["metadata"]["namespace"] == "gateway"
        ]
        return found

    def secret(self) -> dict[str, bytes]:
        data = self.api.one("Secret", "public-tls", "gateway")["data"]
        return {key: base64.b64decode(value) for key, value in data.items()}


def with_authority(**spec: Value) -> Scene:
    return Scene(
        objects.self_signed(),
        objects.local_authority(),
        objects.authority(),
        objects.certificate("local-authority", spec=spec),
    )


def with_acme() -> Scene:
    return Scene(objects.lets_encrypt(), objects.certificate("letsencrypt"))
