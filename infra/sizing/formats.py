"""Number formats of weights: bytes of one parameter, scales included, and what stays in 16 bit.

Owns the formats. Layouts are those that vLLM 0.33.0 loads (vllm/model_executor/layers/quantization,
read 2026-11-26). How a name or a config says one: `quantization`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Quantized(StrEnum):
    """Which parameters a format covers; embeddings, head, norms and routers never."""

    LINEAR = "linear"
    """All linear layers of the blocks."""
    MLP = "mlp"
    """Linear layers of MLPs and experts: recipes leave states and their attention in 16 bit."""
    EXPERTS = "experts"
    """Routed experts alone."""


@dataclass(frozen=True, kw_only=True)
class WeightFormat:
    """One number format."""

    name: str
    bits: float
    """Of one weight, without scales."""
    group_size: int | None = None
    """Weights that share a scale; None: a scale per row or tensor, too small to count."""
    group_bytes: float = 0.0
    """Scale and zero point of a group."""
    covers: Quantized = Quantized.LINEAR
    covers_head: bool = False
    """Whether embeddings and head are in the format too (GGUF)."""
    rest_bits: float = 16.0
    """Of linear layers that the format leaves out."""
    expert_rows: int = 1
    """Multiple to which a GPU's share of an expert's size is filled up."""
    expert_columns: int = 1
    """Multiple to which the model's size is filled up in experts."""
    source: str = ""

    @property
    def bytes_per_parameter(self) -> float:
        """Bytes of one covered parameter."""
        scales = self.group_bytes / self.group_size if self.group_size else 0.0
        return self.bits / 8 + scales


UNQUANTIZED = WeightFormat(name="16 bit", bits=16.0, source="bfloat16 or float16")
FORMATS = {
    one.name: one
    for one in (
        UNQUANTIZED,
        WeightFormat(
            name="fp8", bits=8.0, source="compressed_tensors W8A8 fp8: scales per tensor or channel"
        ),
        WeightFormat(
            # DeepSeek's and Qwen's checkpoints: a float32 scale for each 128 x 128 block.
            name="fp8 block",
            bits=8.0,
            group_size=128 * 128,
            group_bytes=4.0,
            source="fp8.py, weight_block_size [128, 128]",
        ),
        WeightFormat(name="int8", bits=8.0, source="compressed_tensors W8A8 int8"),
        WeightFormat(
            name="4 bit",
            bits=4.0,
            group_size=128,
            group_bytes=2.5,
            source="awq_marlin.py, gptq_marlin.py: a 16-bit scale and a 4-bit zero for 128 weights",
        ),
        WeightFormat(
            name="4 bit, packed",
            bits=4.0,
            group_size=128,
            group_bytes=2.0,
            source="compressed_tensors W4A16, a symmetric group of 128",
        ),
        WeightFormat(
            name="4 bit, groups of 32",
            bits=4.0,
            group_size=32,
            group_bytes=2.0,
            source="compressed_tensors W4A16, group_size 32",
        ),
        WeightFormat(
            name="4 bit, groups of 64",
            bits=4.0,
            group_size=64,
            group_bytes=2.5,
            source="gptq_marlin.py, awq_marlin.py with group_size 64",
        ),
        WeightFormat(
            name="8 bit, groups of 128",
            bits=8.0,
            group_size=128,
            group_bytes=2.0,
            source="gptq_marlin.py with 8 bits",
        ),
        WeightFormat(
            # 64 weights share a maximum, itself in 8 bits with a 32-bit scale for 256 of them.
            name="bitsandbytes 4 bit",
            bits=4.0,
            group_size=64,
            group_bytes=1.0 + 4.0 / 256,
            source="bitsandbytes.py, nf4 with double quantization",
        ),
        WeightFormat(
            # Unsloth keeps layers in 16 bit that lose most: up to a tenth more memory (its
            # announcement of dynamic 4-bit quantization, 2024-12); a twelfth of the weights here.
            name="bitsandbytes 4 bit, dynamic",
            bits=5.0,
            group_size=64,
            group_bytes=1.0 + 4.0 / 256,
            source="bitsandbytes.py with llm_int8_skip_modules",
        ),
        WeightFormat(name="bitsandbytes 8 bit", bits=8.0, source="bitsandbytes.py, load_in_8bit"),
        WeightFormat(
            name="nvfp4",
            bits=4.0,
            group_size=16,
            group_bytes=1.0,
            source="modelopt.py: an 8-bit scale for 16 weights",
        ),
        WeightFormat(
            name="nvfp4 and fp8",
            bits=4.0,
            group_size=16,
            group_bytes=1.0,
            covers=Quantized.MLP,
            rest_bits=8.0,
            source="compressed_tensors with one format for MLPs and another for the rest",
        ),
        WeightFormat(
            name="mxfp4",
            bits=4.0,
            group_size=32,
            group_bytes=1.0,
            covers=Quantized.EXPERTS,
            # As for the Marlin kernel; Triton's differs by 2 % (docs/sizing.md).
            expert_rows=128,
            expert_columns=256,
            source="mxfp4.py: an 8-bit exponent for 32 weights of the experts",
        ),
        WeightFormat(
            name="gguf q8_0",
            bits=8.0,
            group_size=32,
            group_bytes=2.0,
            covers_head=True,
            source="ggml block_q8_0: 34 bytes for 32 weights",
        ),
        WeightFormat(
            name="gguf q6_k",
            bits=6.5625,
            covers_head=True,
            source="ggml block_q6_K: 210 bytes for 256 weights",
        ),
        WeightFormat(
            # A mix of q4_K (144 bytes for 256 weights) and q6_K for half of two kinds of matrices.
            name="gguf q4_k_m",
            bits=4.85,
            covers_head=True,
            source="llama.cpp quantize: 4.85 bits per weight for Q4_K_M",
        ),
        WeightFormat(
            name="aqlm 2 bit", bits=2.0, source="aqlm.py, 1x16 codebooks", group_bytes=0.0
        ),
    )
}
