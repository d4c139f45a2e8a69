"""What differs between versions of vLLM, as far as memory goes.

Each line was read in the source of the versions named, from their wheels on PyPI (2026-11-26).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from infra.spec.mistakes import Mistake, MistakesError


class Sampler(StrEnum):
    """What runs top-k and top-p over the logits."""

    PYTORCH = "pytorch"
    TRITON = "triton"
    FLASHINFER = "flashinfer"


@dataclass(frozen=True, kw_only=True)
class EngineVersion:
    """A version of vLLM, and which engine of its runs."""

    number: tuple[int, int, int]
    is_v1: bool

    def __str__(self) -> str:
        """Return the number as releases have it."""
        return ".".join(map(str, self.number))

    @property
    def memory_utilization(self) -> float:
        """Default of `--gpu-memory-utilization`: 0.92 from 0.20.0 on (vllm/config/cache.py)."""
        return 0.92 if self.number >= (0, 20, 0) else 0.9

    @property
    def counts_graphs(self) -> bool:
        """Whether CUDA graphs come out of the budget.

        From 0.20.0 on (vllm/envs.py, VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS).
        """
        return self.number >= (0, 20, 0)

    @property
    def sampler(self) -> Sampler:
        """What samples where nobody chose.

        FlashInfer's kernel is the default from 0.21.0 on (VLLM_USE_FLASHINFER_SAMPLER)
        and Triton's from 0.17.0 on (vllm/v1/sample/ops/topk_topp_triton.py, absent in 0.16.0).
        Before, up to 0.11.0, FlashInfer's ran where it was installed, which images of the time did
        not promise: PyTorch's is the safe assumption. It is what runs in 0.11.1 to 0.16.0.
        """
        if not self.is_v1 or self.number < (0, 17, 0):
            return Sampler.PYTORCH
        return Sampler.FLASHINFER if self.number >= (0, 21, 0) else Sampler.TRITON

    def expert_rows(self, bits: float) -> int | None:
        """Return the tokens that experts see at once; None where all.

        VLLM_FUSED_MOE_CHUNK_SIZE (vllm/envs.py of 0.7.3 to 0.17.0; gone in 0.18.0). Marlin's
        kernel, which 4-bit weights take, never heeds it (fused_marlin_moe.py).
        """
        if bits < 8 or self.number >= (0, 18, 0):  # noqa: PLR2004 - bits
            return None
        return 16_384 if self.number >= (0, 12, 0) else 32_768

    def keeps_expert_workspaces(self, weights: str) -> bool:
        """Return whether experts of a format keep what they worked in (WorkspaceManager).

        Modular kernels do: 16 bit, fp8 and NVFP4 from 0.14.0 on, MXFP4 from 0.17.0 on, integers of
        4 bit from 0.21.0 on (vllm/model_executor/layers/fused_moe/oracle; quantization/mxfp4.py).
        """
        if weights.startswith("mxfp4"):
            return self.number >= (0, 17, 0)
        if weights.startswith(("16 bit", "fp8", "nvfp4")):
            return self.number >= (0, 14, 0)
        return self.number >= (0, 21, 0)

    @property
    def absorbs_latents(self) -> bool:
        """Whether MLA keeps its query and output projections multiplied out (0.7.1 to 0.7.3).

        VLLM_MLA_PERFORM_MATRIX_ABSORPTION (vllm/envs.py of 0.7.3; gone in 0.8.0).
        """
        return (0, 7, 1) <= self.number < (0, 8, 0)

    @property
    def makes_room_for_contexts(self) -> bool:
        """Whether MLA's dummy run makes room for contexts: 0.11.0 to 0.33.0, not in 0.10.2."""
        return self.number >= (0, 11, 0)

    @property
    def keeps_a100_small(self) -> bool:
        """Whether an A100 has the batches of a small GPU: not in 0.8.5 (PR 17885, 2025-05)."""
        return self.number >= (0, 9, 0)

    @property
    def caps_batches(self) -> bool:
        """Whether the default batch is at most what all requests together may have.

        vllm/engine/arg_utils.py of 0.14.0; only a warning in 0.11.0.
        """
        return self.number >= (0, 14, 0)

    @property
    def batches_in_flight(self) -> int:
        """Batches whose tokens a window keeps besides itself.

        With asynchronous scheduling, the default, two are under way (vllm/config/vllm.py,
        max_in_flight_tokens: in 0.26.0, not in 0.23.0).
        """
        return 2 if self.number >= (0, 26, 0) else 1

    @property
    def has_single_states(self) -> bool:
        """Whether Nemotron-H's states are float32 where its config is silent: not in 0.19.0."""
        return self.number >= (0, 20, 0)

    @property
    def checks_whole_model(self) -> bool:
        """Whether a pipeline stage must have room for the cache of all stages' layers.

        A mistake of 0.13 to 0.15 (vllm/v1/core/kv_cache_utils.py of 0.14.0, get_kv_cache_configs;
        not in 0.11.0 nor 0.18.0; vllm-project/vllm#32105 and #34076).
        """
        return (0, 13, 0) <= self.number < (0, 16, 0)

    @property
    def captures_twice(self) -> bool:
        """Whether batches that only decode have graphs of their own (FULL_AND_PIECEWISE).

        The default from 0.11.0 on (vllm/config/compilation.py, cudagraph_mode).
        """
        return self.is_v1 and self.number >= (0, 11, 0)

    @property
    def has_hybrid_cache(self) -> bool:
        """Whether sliding layers keep their window only: the V1 engine from 0.9 on."""
        return self.is_v1 and self.number >= (0, 9, 0)

    @property
    def has_latent_cache(self) -> bool:
        """Whether MLA keeps latents: from 0.7.1 on. Before, keys and values of each head."""
        return self.number >= (0, 7, 1)

    @property
    def pads_latents(self) -> bool:
        """Whether a latent is filled up to 640 values: 0.7 and the V0 engine of 0.8."""
        return not self.is_v1

    @property
    def logs_concurrency(self) -> bool:
        """Whether the logged tokens are concurrency times context: from 0.21.0 on."""
        return self.number >= (0, 21, 0)

    @property
    def aligns_states(self) -> bool:
        """Whether a state layer holds two states for each request.

        Prefix caching of hybrid models is on by default from 0.26.0 on, not in 0.23.0
        (vllm/config/model.py, is_prefix_caching_supported; `mamba_cache_mode` "align").
        """
        return self.number >= (0, 26, 0)

    def prefill_tokens(self, max_model_len: int, *, cuts: bool) -> int:
        """Return the tokens of a batch in the V0 engine, where nothing is said.

        It runs a prompt whole, up to 32K of context; beyond, it cuts prompts into pieces of 512
        tokens (0.6.4), of 2,048 in 0.8.5 and, as is assumed, from 0.7.0 on (vllm/config.py,
        SchedulerConfig), where it can cut them.
        """
        if max_model_len <= _WHOLE_PROMPTS or not cuts:
            return max(2048, max_model_len)
        return 2048 if self.number >= (0, 7, 0) else 512


_WHOLE_PROMPTS = 32_768
V0_UNKNOWN = EngineVersion(number=(0, 6, 3), is_v1=False)
V1_UNKNOWN = EngineVersion(number=(0, 11, 0), is_v1=True)
"""What is assumed where a log does not say its version: the middle of those that ran the engine."""
OURS = EngineVersion(number=(0, 32, 0), is_v1=True)
"""The version that stacks deploy (infra/catalog/releases.lock.yaml)."""
_NUMBER = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?.*")
_V0_OF_2025 = EngineVersion(number=(0, 7, 3), is_v1=False)
_V1_OF_2026 = (0, 21, 0)
_CLASSES_CAME: tuple[tuple[str, tuple[int, int, int]], ...] = (
    # First version that has the class (vllm/model_executor/models/registry.py of each).
    ("KimiLinear", (0, 11, 1)),
    ("MiniMaxM2", (0, 11, 1)),
    ("MiMoV2Flash", (0, 14, 0)),
    ("GlmMoeDsa", (0, 16, 0)),
    ("Glm4MoeLite", (0, 16, 0)),
    ("KimiK25", (0, 16, 0)),
    ("Qwen3_5", (0, 17, 0)),
    ("Gemma4Unified", (0, 23, 0)),
    ("Gemma4", (0, 19, 0)),
    ("DeepseekV4", (0, 20, 0)),
    ("KimiK3", (0, 28, 0)),
)
_MODELS_CAME: tuple[tuple[str, tuple[int, int, int]], ...] = (
    # Models of an older class: the version of the month in which they came. M2.5: 2026-02, 0.15.1
    # is of 2026-02-05 (PyPI); M2.7: with 0.18 (vllm-ascend's support matrix).
    ("minimax-m2.5", (0, 15, 1)),
    ("minimax-m2.7", (0, 18, 0)),
)
_FIRST_OF_2026 = (0, 16, 0)
_MODELS_OF_2025 = ("DeepseekV3", "Qwen3", "Gemma3", "Llama4")
"""Classes that came in 2025: a V0 engine that ran one is not older than 0.7."""


def engine_version(word: str, engine: str = "", family: str = "", model: str = "") -> EngineVersion:
    """Return a version by its number, `0.11.0`, or by its engine alone, `V0` or `V1`.

    Without a number, the model's class and name say how old the engine can be.

    V1 is the default from 0.8.0 on and the only one from 0.11.0 on (vllm/envs.py).

    Raises:
        MistakesError: The word is no version.
    """
    found = _NUMBER.fullmatch(word.strip())
    if not found:
        if word.strip():
            mistake = Mistake(
                setting="engine version",
                problem="is not a version of vLLM",
                got=f'"{word}"',
                allowed="a release such as 0.32.0",
                next_step="copy it from the image's tag",
            )
            raise MistakesError(word, [mistake])
        if engine == "V0":
            return _V0_OF_2025 if family.startswith(_MODELS_OF_2025) else V0_UNKNOWN
        return _unknown_v1(family, model.rpartition("/")[2].lower())
    number = (int(found[1]), int(found[2]), int(found[3] or 0))
    is_v1 = engine == "V1" or (engine != "V0" and number >= (0, 8, 0))
    return EngineVersion(number=number, is_v1=is_v1)


def _unknown_v1(family: str, name: str) -> EngineVersion:
    """Return what is assumed of a V1 engine: no older than its model.

    Models whose class came in 2026 run on engines that are younger still, most of them.
    """
    came = [number for start, number in _CLASSES_CAME if family.startswith(start)][:1]
    if came and came[0] >= _FIRST_OF_2026:
        came.append(_V1_OF_2026)
    came += [number for start, number in _MODELS_CAME if name.startswith(start)]
    return EngineVersion(number=max([V1_UNKNOWN.number, *came]), is_v1=True)
