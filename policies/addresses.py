"""Ranges of addresses, and whether one is as good as the whole internet."""

from ipaddress import ip_network

from policies.values import Plain

_BITS_AT_LEAST = {4: 8, 6: 16}
"""Shortest prefix that still names somebody: nobody owns more of IPv4 than a /8, and two halves of
the internet are the internet. Of IPv6 a registry itself has a /12 (IANA's registries, 2026)."""


def is_world(cidr: Plain) -> bool:
    """Return whether a range takes in the internet. What is no range is taken for it."""
    if not isinstance(cidr, str):
        return True
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return True
    return network.prefixlen < _BITS_AT_LEAST[network.version]
