"""IPv4 ranges as a person writes them: parsed, or said what is wrong with them. Pure."""

from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network

_PRIVATE = tuple(
    IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
# IANA's special-purpose registry (RFC 6890): this host, loopback, link-local, benchmarking,
# multicast, reserved.
_RESERVED = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_EVERYWHERE_PREFIX = 8


@dataclass(frozen=True)
class BadRange:
    """Why a text is not an IPv4 range, and the range that was probably meant."""

    problem: str
    next_step: str


def parse_range(text: str) -> IPv4Network | BadRange:
    """Return the IPv4 network of a text such as `203.0.113.0/24`."""
    if "/" not in text:
        return BadRange("has no prefix length", f"write {text}/32 for one address")
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return BadRange("is not an IPv4 range", "write four numbers up to 255 and a prefix length")
    if not isinstance(network, IPv4Network):
        return BadRange("is an IPv6 range", "write an IPv4 range")
    if str(network) != text:
        return BadRange("has host bits set", f"write {network}")
    return network


def is_private(network: IPv4Network) -> bool:
    """Return whether a range is for use inside networks (RFC 1918, RFC 6598)."""
    return any(network.subnet_of(private) for private in _PRIVATE)


def is_unroutable(network: IPv4Network) -> bool:
    """Return whether no address of the range can come from the internet."""
    return any(network.subnet_of(block) for block in (*_PRIVATE, *_RESERVED))


def is_everywhere(network: IPv4Network) -> bool:
    """Return whether a range lets in a large part of the internet: shorter than /8.

    Not only 0.0.0.0/0: its two halves let in as much.
    """
    return network.prefixlen < _EVERYWHERE_PREFIX
