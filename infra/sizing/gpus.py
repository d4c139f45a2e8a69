"""GPUs as the engine sees them: how much memory the driver reports, and which class they are.

Owns memory as torch reports it (`total_memory`), which is less than the catalogue's figure: the
driver keeps some. Each figure is what logs of vLLM print ("total_gpu_memory", "Free memory on
device (F/T GiB)"); where two logs differ, the lower is taken. Does not own prices or machines.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from infra.catalog.gpus import gpu_names as catalogue_names
from infra.spec.mistakes import Mistake, MistakesError
from infra.spec.suggest import did_you_mean

_LOGS = "logs of vLLM in public issues, notebooks and documents, collected 2026-11-20"


@dataclass(frozen=True, kw_only=True)
class SizedGpu:
    """One GPU, for sizing."""

    name: str
    memory_gib: float
    """What torch reports as total memory, in GiB."""
    is_a100: bool = False
    """vLLM keeps small batches where a name has "A100" (vllm/engine/arg_utils.py, PR 17885)."""
    is_unified: bool = False
    """Shares its memory with the host: GB10 and the like. They keep small batches (0.33.0)."""
    has_multicast: bool = False
    """Whether servers of it have a switch that adds up and multicasts (NVSwitch of H100 and on)."""
    is_hopper: bool = False
    is_blackwell: bool = False
    """Blackwell of any kind; of data centres, where `has_multicast`."""
    fills_256_rows: bool = False
    """Whether MXFP4 kernels fill experts up to 256 rows: data-centre Blackwell, and AMD's
    (vllm/model_executor/layers/quantization/mxfp4.py of 0.11.0)."""
    source: str = _LOGS


_VISIBLE_GIB: Mapping[str, float] = {
    "RTX 4060": 8.0,
    "RTX 4070": 11.99,
    "T4": 14.56,
    "RTX 5080": 15.92,
    "L4": 22.03,
    "A10G": 22.06,
    "A10": 22.06,
    "RTX 4090": 23.52,
    "RTX 3090": 23.58,
    "RTX 5090": 31.4,
    "V100": 31.74,
    "A100-40GB": 39.38,
    "L40": 44.4,
    "L40S": 44.4,
    "A40": 44.43,
    "L20": 44.52,
    "A6000": 47.4,
    "A100-80GB": 79.15,
    "A800": 79.15,
    "H100": 79.18,
    "H100 NVL": 93.1,
    "H20": 95.0,
    "RTX-PRO-6000": 95.6,
    "GB10": 119.7,
    "Jetson Thor": 122.8,
    "H200": 139.81,
    "B200": 178.35,
    "MI300X": 191.98,
    "MI325X": 255.98,
    "B300": 267.0,
}
_DRIVER_KEEPS = 0.985
"""Share of a round figure (`48GB-class`) that torch reports at least: H100 79.2 of 80."""
_ROUND_GB: Mapping[str, float] = {
    # Of which no log was found: the figure of the maker's data sheet, 2026-11.
    "RTX 3080": 10.0,
    "RTX 2080 Ti": 11.0,
    "RTX 3060": 12.0,
    "P100": 16.0,
    "RTX 4080": 16.0,
    "A30": 24.0,
    "A5000": 24.0,
    "GH200": 96.0,
    "MI308X": 192.0,
    "MI350X": 288.0,
}
_MEMORY_GIB: Mapping[str, float] = {
    **_VISIBLE_GIB,
    **{name: size * _DRIVER_KEEPS for name, size in _ROUND_GB.items()},
}
_UNIFIED = ("GB10", "Jetson Thor")
_BLACKWELL = ("B200", "B300")
_SMALL_BLACKWELL = ("RTX 5090", "RTX 5080", "RTX-PRO-6000", *_UNIFIED)
_HOPPER = ("H100", "H100 NVL", "H200", "H20", "GH200")
_AMD = "MI3"
_MULTICAST = ("H100", "H200", "H20", "GH200", *_BLACKWELL)
_SPELLINGS: tuple[tuple[str, str], ...] = (
    # Most telling first; each is looked for in the word, lower case without spaces, `-` and `_`.
    (r"a100.*40|40.*a100", "A100-40GB"),
    (r"a100", "A100-80GB"),
    (r"a800", "A800"),
    (r"h100nvl", "H100 NVL"),
    (r"h100|h800", "H100"),
    (r"gh200", "GH200"),
    (r"h200", "H200"),
    (r"h20", "H20"),
    (r"b300", "B300"),
    (r"gb10|dgxspark|spark", "GB10"),
    (r"b200|gb200", "B200"),
    (r"thor", "Jetson Thor"),
    (r"mi325x?", "MI325X"),
    (r"mi308x?", "MI308X"),
    (r"mi35[05]x?", "MI350X"),
    (r"mi300x?", "MI300X"),
    (r"l40s", "L40S"),
    (r"l40", "L40"),
    (r"l20(?!\d)", "L20"),
    (r"v100", "V100"),
    (r"l4(?!\d)", "L4"),
    (r"a10g", "A10G"),
    (r"a40(?!\d)", "A40"),
    (r"a6000|6000ada", "A6000"),
    (r"a10(?!\d)", "A10"),
    (r"t4(?!\d)", "T4"),
    (r"pro6000", "RTX-PRO-6000"),
    (r"5090", "RTX 5090"),
    (r"5080|5070ti", "RTX 5080"),
    (r"4090", "RTX 4090"),
    (r"3090", "RTX 3090"),
    (r"4070", "RTX 4070"),
    (r"4060", "RTX 4060"),
    (r"4080", "RTX 4080"),
    (r"3080", "RTX 3080"),
    (r"2080ti", "RTX 2080 Ti"),
    (r"3060", "RTX 3060"),
    (r"a5000", "A5000"),
    (r"a30(?!\d)", "A30"),
    (r"p100", "P100"),
)
_BOUNDS_GIB = (1.0, 4096.0)


def gpu_names() -> tuple[str, ...]:
    """Return the names of all GPUs that are known, smallest memory first."""
    return tuple(sorted(_MEMORY_GIB, key=lambda name: (_MEMORY_GIB[name], name)))


def gpus_of_clouds() -> list[SizedGpu]:
    """Return the GPUs that the catalogue sells, smallest memory first."""
    return sorted(map(sized_gpu, catalogue_names()), key=lambda gpu: (gpu.memory_gib, gpu.name))


def sized_gpu(word: str) -> SizedGpu:
    """Return a GPU by its name, as people and logs write it; of several the smallest.

    A figure in GiB within the word (`(31.9GiB)`) is taken for what torch reports; a word that names
    no known GPU but a size (`24GB`) is a GPU of that size.

    Raises:
        MistakesError: Neither a known name nor a size.
    """
    parts = [part for part in re.split(r"\s+\+\s+", word) if part.strip()]
    found = [gpu for gpu in map(_one, parts) if gpu is not None]
    if not found:
        names = gpu_names()
        mistake = Mistake(
            setting="gpu",
            problem="is not a GPU that is known",
            got=f'"{word}"',
            allowed=", ".join(names),
            next_step=did_you_mean(word, names, "write its memory, for example 48GB"),
        )
        raise MistakesError(word, [mistake])
    return min(found, key=lambda gpu: gpu.memory_gib)


def _one(word: str) -> SizedGpu | None:
    folded = re.sub(r"[\s_-]", "", word.lower())
    name = word if word in _MEMORY_GIB else None
    name = name or next((known for regex, known in _SPELLINGS if re.search(regex, folded)), None)
    logged = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)\s*gib", word.lower())
    size = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)\s*gb", word.lower())
    if logged:
        memory_gib = float(logged[1])
    elif name and not (size and _is_another(float(size[1]), _MEMORY_GIB[name])):
        memory_gib = _MEMORY_GIB[name]
    elif size:
        # A round figure in GB of a maker is in GiB; error correction keeps a part of it.
        memory_gib = float(size[1]) * _DRIVER_KEEPS
    else:
        return None
    if not _BOUNDS_GIB[0] <= memory_gib <= _BOUNDS_GIB[1]:
        return None
    return SizedGpu(
        name=name or word.strip(),
        memory_gib=memory_gib,
        is_a100=bool(name and name.startswith("A100")),
        is_unified=name in _UNIFIED,
        has_multicast=name in _MULTICAST,
        is_hopper=name in _HOPPER,
        is_blackwell=name in (*_BLACKWELL, *_SMALL_BLACKWELL),
        fills_256_rows=name is not None and name.startswith((*_BLACKWELL, _AMD)),
    )


def _is_another(size_gb: float, memory_gib: float) -> bool:
    """Return whether a written size is another card of the name: an RTX 4090 with 48 GB."""
    return not 0.75 <= memory_gib / size_gb <= 1.1  # noqa: PLR2004 - drivers keep up to a tenth
