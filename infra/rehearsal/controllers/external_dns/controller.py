"""The loop that plays external-dns in one cluster.

Owns that it is there only while its pod is Ready. Not played: the minute between two looks (it
looks each second, as if an event had come), its metrics, its rights inside the cluster, that it
ends where the kinds of routes are missing.
"""

from infra.rehearsal.controllers.external_dns.flags import Flags
from infra.rehearsal.controllers.external_dns.plan import calculate
from infra.rehearsal.controllers.external_dns.port import DnsHosts, HostsError
from infra.rehearsal.controllers.external_dns.routes import GROUP, hosts
from infra.rehearsal.controllers.own_pods import arguments_of, caller_of, running
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.loop import Played

SELECTOR = "app.kubernetes.io/name=external-dns"
LOOK_SECONDS = 1.0


class ExternalDns(Played):
    """Plays the program, from `start` to `stop`."""

    def __init__(self, api: ApiClient, dns: DnsHosts) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("external-dns", LOOK_SECONDS)
        self._api = api
        self._dns = dns

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        deployment = running(self._api, SELECTOR)
        if deployment is None:
            return
        flags, caller = Flags.of(arguments_of(deployment)), caller_of(deployment)
        if flags.provider != self._dns.provider:
            self._loop.report(f"not simulated: DNS of another cloud, {flags.provider}")
            return
        try:
            found = self._dns.records(caller, flags.scope)
            wanted = self._dns.adjusted(
                hosts(
                    flags,
                    self._api.list_served(f"{GROUP}/v1", "HTTPRoute"),
                    self._api.list_served(f"{GROUP}/v1", "Gateway"),
                    self._api.list_objects("v1", "Namespace"),
                )
            )
            changes = calculate(flags, found, wanted)
            if changes:
                self._dns.apply(caller, flags.scope, changes)
        except HostsError as error:
            self._loop.report(f"Failed to do run once: {error}")
