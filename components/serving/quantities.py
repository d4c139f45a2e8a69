"""Kubernetes quantities from plain numbers. Pure.

Owns the spelling: the API server's normal form, so that a read-back shows no difference.
"""

MILLICORES_PER_CORE = 1000
MIB_PER_GIB = 1024
_BINARY_UNITS = ("Mi", "Gi", "Ti")
_UNIT_STEP = 1024


def cpu_quantity(cores: float) -> str:
    """Return cores as a quantity: `4`, or `3500m` where it takes thousandths."""
    millicores = round(cores * MILLICORES_PER_CORE)
    whole, rest = divmod(millicores, MILLICORES_PER_CORE)
    return f"{millicores}m" if rest else str(whole)


def memory_quantity(gib: float) -> str:
    """Return GiB as a quantity in the largest unit that divides it: `16Gi`. Never rounds up."""
    amount, unit = int(gib * MIB_PER_GIB), 0
    while unit + 1 < len(_BINARY_UNITS) and amount and amount % _UNIT_STEP == 0:
        amount, unit = amount // _UNIT_STEP, unit + 1
    return f"{amount}{_BINARY_UNITS[unit]}"
