"""Load balancers for Services: the controller that clouds run beside every control plane.

Owns which Services get one, the finalizer that keeps a Service until its load balancer is gone, and
the address in its status. Does not own the load balancer (`CloudAccount`).

Not played: Services that name a class or another controller, which have no address then; load
balancers for anything but TCP; AWS' Network Load Balancer, in whose place a Classic one stands;
health checks, rules for the load balancer in the nodes' group.

Source: kubernetes/cloud-provider, controllers/service and service/helpers (finalizer, the address
goes into the status). The clouds' own words are in `dialect`.
"""

from collections.abc import Callable

from infra.rehearsal.controllers.account import Balancer, CloudAccount, ControllerError
from infra.rehearsal.kubernetes.client import ApiClient

FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
Report = Callable[[str], None]


class Balancers:
    """Keeps the load balancers of all Services."""

    def __init__(self, api: ApiClient, account: CloudAccount, report: Report) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._account = account
        self._report = report

    def step(self) -> None:
        """Make what is missing, remove what is too much.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        for service in self._api.list_objects("v1", "Service"):
            held = FINALIZER in _finalizers(service)
            if self._wants_one(service):
                if not held or not _has_address(service):
                    self._make(service)
            elif held:
                self._account.drop_balancer(service["metadata"]["uid"])
                self._api.merge(service, {"status": {"loadBalancer": None}}, "/status")
                self._set_finalizers(service, set(_finalizers(service)) - {FINALIZER})

    def _make(self, service: dict) -> None:
        # The finalizer comes first: a Service that goes at once leaves nothing behind.
        self._set_finalizers(service, {*_finalizers(service), FINALIZER})
        try:
            host = self._account.balancer(self._balancer(service))
        except ControllerError as error:
            self._report(f"Service {_key(service)}: {error}")
            return
        address = {"loadBalancer": {"ingress": [{self._account.dialect.address: host}]}}
        self._api.merge(service, {"status": address}, "/status")

    def _wants_one(self, service: dict) -> bool:
        spec, metadata = service["spec"], service["metadata"]
        return (
            spec.get("type") == "LoadBalancer"
            and not spec.get("loadBalancerClass")
            and not self._account.dialect.is_elsewhere(metadata.get("annotations", {}))
            and "deletionTimestamp" not in metadata
        )

    def _balancer(self, service: dict) -> Balancer:
        metadata = service["metadata"]
        ports = service["spec"]["ports"]
        return Balancer(
            uid=metadata["uid"],
            service=_key(service),
            internal=self._account.dialect.is_internal(metadata.get("annotations", {})),
            ports=tuple((port["port"], port.get("nodePort", port["port"])) for port in ports),
        )

    def _set_finalizers(self, service: dict, finalizers: set[str]) -> None:
        metadata = {"finalizers": sorted(finalizers), "uid": service["metadata"]["uid"]}
        self._api.merge(service, {"metadata": metadata})


def _key(service: dict) -> str:
    return f"{service['metadata']['namespace']}/{service['metadata']['name']}"


def _finalizers(service: dict) -> list[str]:
    return service["metadata"].get("finalizers") or []


def _has_address(service: dict) -> bool:
    return bool(service.get("status", {}).get("loadBalancer", {}).get("ingress"))
