"""What a running Envoy was told, read from its configuration dump."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """One route of one host."""

    host: str
    body: dict

    @property
    def redirects(self) -> bool:
        """Whether Envoy answers it itself, by naming another address."""
        return "redirect" in self.body

    @property
    def is_answered_here(self) -> bool:
        """Whether Envoy answers it itself, with a status of its own."""
        return "direct_response" in self.body

    @property
    def model(self) -> str:
        """The model's name that a request must have in its header; empty: any, or none."""
        for header in self.body["match"].get("headers", []):
            if header["name"] == "x-ai-eg-model":
                return header["string_match"]["exact"]
        return ""

    def filters(self, kind: str) -> list[dict]:
        """Return what the route says to the filters of a kind, such as `api_key_auth`."""
        found = self.body.get("typed_per_filter_config", {})
        return [config for name, config in found.items() if kind in name]


def routes(dump: dict) -> Iterator[Route]:
    """Yield every route."""
    for item in _items(dump, "dynamic_route_configs"):
        for host in item["route_config"]["virtual_hosts"]:
            for route in host["routes"]:
                yield Route(host["domains"][0].partition(":")[0], route)


def clusters(dump: dict) -> dict[str, dict]:
    """Return every cluster that the controller made, by name."""
    found = [item["cluster"] for item in _items(dump, "dynamic_active_clusters")]
    return {cluster["name"]: cluster for cluster in found}


def listeners(dump: dict) -> Iterator[dict]:
    """Yield every listener that the controller made."""
    for item in _items(dump, "dynamic_listeners"):
        yield item["active_state"]["listener"]


def chains(listener: dict) -> Iterator[dict]:
    """Yield what a listener does with a connection, for each kind of them."""
    yield from listener.get("filter_chains", [])
    if "default_filter_chain" in listener:
        yield listener["default_filter_chain"]


def connection_managers(chain: dict) -> Iterator[dict]:
    """Yield what is done with the requests of a connection."""
    for one in chain.get("filters", []):
        if "http_filters" in one["typed_config"]:
            yield one["typed_config"]


def _items(dump: dict, kind: str) -> Iterator[dict]:
    for section in dump["configs"]:
        yield from section.get(kind, [])
