"""Checkpoints that stacks serve, and how much the files of their weights weigh.

Owns the size of a checkpoint. Does not own whether it fits a GPU, nor how it is served.
A checkpoint that is missing here is not "small": a stack that serves it must write its size.

Every size is computed: parameters times bytes. A hub's list of files would be the better source; it
was not read. Two checks: the same arithmetic gives 5.57 GB for an AWQ checkpoint of Qwen2.5-7B,
whose files are listed with 5.57 GB (graelo/Qwen2.5-7B-Instruct-1M-AWQ on the hub, 2025), and sizes
that vLLM logged for the same shapes are within 2 % (tests).
"""

from dataclasses import dataclass

from infra.catalog.units import BYTES_PER_GIB

_PARAMETERS_SOURCE = (
    "parameters counted from the checkpoint's config.json, as ai-dynamo/aiconfigurator keeps it "
    "(@095f58a5 and @c78d3fab^); bytes of each by its number format"
)
_SOURCE_DATE = "2026-11-20"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """One checkpoint of the hub."""

    name: str
    """Repository, `organization/name`."""
    weights_bytes: int
    """Size of its safetensors files, in bytes."""
    is_computed: bool = True
    """Whether the size follows from the parameters; else it was read from a list of files."""
    source: str = _PARAMETERS_SOURCE
    """Where the figure comes from."""
    source_date: str = _SOURCE_DATE
    """Date of the source, ISO 8601."""

    @property
    def weights_gib(self) -> float:
        """Size of its safetensors files, in GiB, rounded up to hundredths."""
        return -(-self.weights_bytes * 100 // BYTES_PER_GIB) / 100


def _bfloat16(parameters: int) -> int:
    return parameters * 2


def _fp8(quantized: int, rest: int) -> int:
    """One byte for each parameter of a linear layer; the scales of a layer do not count."""
    return quantized + _bfloat16(rest)


def _awq(quantized: int, rest: int) -> int:
    """Four bits for each parameter of a linear layer; a scale and a zero for each 128 of them."""
    groups = quantized // 128
    return quantized // 2 + groups * 2 + groups // 2 + _bfloat16(rest)


_CHECKPOINTS = {
    checkpoint.name: checkpoint
    for checkpoint in (
        Checkpoint(name="Qwen/Qwen2.5-7B-Instruct", weights_bytes=_bfloat16(7_615_616_512)),
        Checkpoint(name="Qwen/Qwen2.5-72B-Instruct", weights_bytes=_bfloat16(72_706_203_648)),
        Checkpoint(
            # Qwen pads the inner size of 29568 to 29696 before it quantizes: groups of 128 then
            # divide by 2, 4 and 8 GPUs (Qwen documentation, "GPTQ", troubleshooting). Embedding and
            # head stay in 16 bits.
            name="Qwen/Qwen2.5-72B-Instruct-AWQ",
            weights_bytes=_awq(quantized=70_464_307_200, rest=2_493_554_688),
        ),
        Checkpoint(name="meta-llama/Llama-3.1-8B-Instruct", weights_bytes=_bfloat16(8_030_261_248)),
        Checkpoint(
            # vLLM's own tests load it under this name (tests/compile, 2026); the organization was
            # `neuralmagic` before. Embedding and head stay in 16 bits.
            name="RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8",
            weights_bytes=_fp8(quantized=6_979_321_856, rest=1_050_939_392),
        ),
    )
}


def checkpoint(name: str) -> Checkpoint | None:
    """Return a checkpoint by its repository, or None when the catalogue does not have it."""
    return _CHECKPOINTS.get(name)


def checkpoint_names() -> tuple[str, ...]:
    """Return the repositories of all checkpoints, in order of the alphabet."""
    return tuple(sorted(_CHECKPOINTS))
