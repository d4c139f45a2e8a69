"""IPv4 ranges: every text is either a network or has a reason and a next step."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from infra.spec.ranges import BadRange, is_everywhere, is_private, is_unroutable, parse_range

ADDRESSES = st.ip_addresses(v=4)
PREFIXES = st.integers(min_value=0, max_value=32)


@given(address=ADDRESSES, prefix=PREFIXES)
def test_a_network_is_read_as_itself(address: object, prefix: int) -> None:
    network = IPv4Network(f"{address}/{prefix}", strict=False)

    assert parse_range(str(network)) == network


@given(address=ADDRESSES, prefix=PREFIXES)
def test_the_range_that_is_proposed_for_host_bits_is_a_good_one(
    address: object, prefix: int
) -> None:
    text = f"{address}/{prefix}"
    parsed = parse_range(text)

    if isinstance(parsed, BadRange):
        assert parsed.problem == "has host bits set"
        proposed = parse_range(parsed.next_step.removeprefix("write "))
        assert proposed == IPv4Network(text, strict=False)


@given(text=st.text(max_size=30))
def test_any_text_is_a_network_or_has_a_reason(text: str) -> None:
    parsed = parse_range(text)

    assert isinstance(parsed, IPv4Network) or (parsed.problem and parsed.next_step)


@given(address=ADDRESSES, prefix=st.integers(min_value=8, max_value=32))
def test_a_private_range_holds_no_public_address(address: object, prefix: int) -> None:
    network = IPv4Network(f"{address}/{prefix}", strict=False)

    if is_private(network):
        assert not network[0].is_global
        assert not network[-1].is_global
    if is_unroutable(network):
        assert not network[0].is_global or network[0].is_multicast


def test_a_range_wider_than_a_private_block_is_not_private() -> None:
    assert not is_private(IPv4Network("10.0.0.0/7"))
    assert not is_private(IPv4Network("0.0.0.0/0"))


def test_half_of_the_internet_is_as_open_as_all_of_it() -> None:
    assert is_everywhere(IPv4Network("128.0.0.0/1"))
    assert not is_everywhere(IPv4Network("203.0.113.0/24"))
