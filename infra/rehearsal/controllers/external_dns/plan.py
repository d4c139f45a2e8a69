"""What must change so that a zone has the hosts that routes ask for, and whose records are whose.

Pure. Owns the TXT record beside each record (`registry/txt`), and that nobody else's record is
changed or taken out. Not played: TXT records of versions before 0.12, their encryption, changes of
an owner.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from infra.rehearsal.controllers.external_dns.flags import TYPE, Flags
from infra.rehearsal.controllers.external_dns.port import CNAME, TXT, A, Changes, Record, Update

HERITAGE = "external-dns"
OWNER = "owner"
_KINDS = ("A", "AAAA", "CNAME", "NS", "MX", "PTR", "SRV", "NAPTR", "TXT", "DNAME")


def calculate(flags: Flags, found: Sequence[Record], wanted: Sequence[Record]) -> Changes:
    """Return what must change.

    Args:
        flags: what it was started with.
        found: every record of the zones.
        wanted: a record for each host, as the cloud keeps them.
    """
    texts = {record.name for record in found if _labels(record) is not None}
    current = _by_name(flags, _owned(flags, found))
    desired = _by_name(flags, wanted)
    create: list[Record] = []
    update: list[Update] = []
    delete: list[Record] = []
    for name in sorted({*current, *desired}):
        held, asked = current.get(name, {}), desired.get(name, {})
        own = all(_is_own(flags, record) for record in held.values())
        if own:  # of nobody's, or this program's
            create += [asked[kind] for kind in sorted(asked.keys() - held.keys())]
        delete += [held[kind] for kind in sorted(held.keys() - asked.keys())]
        update += [
            Update(held[kind], _inheriting(held[kind], asked[kind]))
            for kind in sorted(held.keys() & asked.keys())
            if (held[kind].targets, held[kind].alias) != (asked[kind].targets, asked[kind].alias)
        ]
    return _with_owners(
        flags,
        Changes(
            [replace(one, labels={**one.labels, OWNER: flags.owner}) for one in create],
            [one for one in update if _is_own(flags, one.old) and flags.policy != "create-only"],
            [one for one in delete if _is_own(flags, one) and flags.policy == "sync"],
        ),
        texts,
    )


def owner_name(flags: Flags, record: Record) -> str:
    """Return the name of the TXT record beside a record; an alias counts as CNAME."""
    kind = _told(record).lower()
    if TYPE in flags.prefix:
        return f"{flags.prefix.replace(TYPE, kind)}{record.name}"
    return f"{flags.prefix}{kind}-{record.name}"


def _told(record: Record) -> str:
    return CNAME if record.alias and record.kind == A else record.kind


def _with_owners(flags: Flags, changes: Changes, texts: set[str]) -> Changes:
    """Add the TXT record of each: made unless it is there, and gone with what it speaks of."""

    def of(record: Record) -> Record:
        said = ",".join(
            (
                f"heritage={HERITAGE}",
                *(f"{HERITAGE}/{key}={record.labels[key]}" for key in sorted(record.labels)),
            )
        )
        return Record(owner_name(flags, record), TXT, (f'"{said}"',))

    made = [of(one) for one in changes.create]
    return Changes(
        [*changes.create, *(one for one in made if one.name not in texts)],
        [*changes.update, *(Update(of(one.old), of(one.new)) for one in changes.update)],
        [*changes.delete, *(of(one) for one in changes.delete)],
    )


def _owned(flags: Flags, found: Sequence[Record]) -> list[Record]:
    """Return the records that are no owner's, with what their owner's says."""
    said: dict[tuple[str, str], Mapping[str, str]] = {}
    others: list[Record] = []
    for record in found:
        labels = _labels(record)
        if labels is None:
            others.append(record)
        else:
            said[_spoken_of(flags, record.name)] = labels
    return [replace(one, labels=said.get((one.name, _told(one)), {})) for one in others]


def _spoken_of(flags: Flags, name: str) -> tuple[str, str]:
    """Return name and type of the record that a TXT record stands beside."""
    for kind in _KINDS:
        before = (
            flags.prefix.replace(TYPE, kind.lower())
            if TYPE in flags.prefix
            else f"{flags.prefix}{kind.lower()}-"
        )
        if name.startswith(before):
            return name.removeprefix(before), kind
    return "", ""


def _labels(record: Record) -> dict[str, str] | None:
    """Return what an owner's TXT record says; None: it is none."""
    if record.kind != TXT or not record.targets:
        return None
    pairs = [item.split("=") for item in record.targets[0].strip('"').split(",")]
    said = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}  # noqa: PLR2004 - a pair
    if said.get("heritage") != HERITAGE:
        return None
    start = f"{HERITAGE}/"
    return {key.removeprefix(start): value for key, value in said.items() if key.startswith(start)}


def _by_name(flags: Flags, records: Iterable[Record]) -> dict[str, dict[str, Record]]:
    found: dict[str, dict[str, Record]] = {}
    for record in records:
        if record.kind in flags.kinds and flags.scope.covers(record.name):
            found.setdefault(record.name, {})[record.kind] = record
    return found


def _is_own(flags: Flags, record: Record) -> bool:
    return record.labels.get(OWNER) == flags.owner


def _inheriting(held: Record, asked: Record) -> Record:
    owner = {OWNER: held.labels[OWNER]} if OWNER in held.labels else {}
    return replace(asked, labels={**asked.labels, **owner})
