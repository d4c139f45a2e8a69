"""Physical names for things that the program does not name, as the real provider draws them."""

import secrets

from pulumi.runtime.proto import provider_pb2 as pb

from infra.rehearsal.cloud.diff import DEFAULTS
from infra.rehearsal.cloud.table import Row
from infra.wire import Properties, decode, plain_properties

RANDOM_DIGITS = 7  # pulumi-terraform-bridge, autonaming: name, hyphen, seven hexadecimal digits


def autonamed(row: Row, request: pb.CheckRequest, news: Properties) -> list[tuple[str, str]]:
    """Fill in the name that the program left out; return what is wrong with it."""
    name = row.autoname
    if name is None or name in news or f"{name}Prefix" in news:
        return []
    olds = plain_properties(decode(request.olds))
    mode = pb.CheckRequest.AutonamingOptions
    if request.autonaming.mode == mode.DISABLE:
        return [(name, "automatic naming is disabled (pulumi:autonaming): give a name")]
    if name in olds:
        news[name] = olds[name]
    elif request.autonaming.proposed_name:
        news[name] = row.autoname_prefix + request.autonaming.proposed_name
    else:
        seed = request.randomSeed or secrets.token_bytes(RANDOM_DIGITS)
        drawn = f"{request.urn.split('::')[-1]}-{seed.hex()[:RANDOM_DIGITS]}"
        news[name] = row.autoname_prefix + row.name_form(drawn)
    news[DEFAULTS] = [name]
    if len(str(news[name])) > row.name_limit:
        return [(name, f"{news[name]!r} is longer than {row.name_limit} characters")]
    return []
