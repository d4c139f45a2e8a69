"""Whether a model can be cut over that many GPUs at all."""

from infra.sizing.architecture import (
    Architecture,
    CompressedAttention,
    LatentAttention,
    SelfAttention,
)
from infra.sizing.weights import Split
from infra.spec.mistakes import Mistake

MOST_GPUS = 1024
_WITH_HEADS = (SelfAttention, LatentAttention, CompressedAttention)


def split_mistakes(model: Architecture, split: Split) -> list[Mistake]:
    """Return why the engine would refuse the split; nothing where it would not.

    Heads must divide (vllm/config/model.py, verify_with_parallel_config); key and value heads are
    cut or copied, never both (QKVParallelLinear).
    """
    mistakes: list[Mistake] = []
    if not 1 <= split.tensor_parallel <= MOST_GPUS:
        mistakes.append(_mistake("tensor parallel", split.tensor_parallel, f"1 to {MOST_GPUS}"))
    if not 1 <= split.pipeline_parallel <= len(model.layers):
        allowed = f"1 to {len(model.layers)}, the model's layers"
        mistakes.append(_mistake("pipeline parallel", split.pipeline_parallel, allowed))
    if mistakes:
        return mistakes
    ranks = split.tensor_parallel
    attentions = {layer.attention for layer in model.layers}
    heads = {one.heads for one in attentions if isinstance(one, _WITH_HEADS)}
    kv_heads = {one.kv_heads for one in attentions if isinstance(one, SelfAttention)}
    return [
        *(
            _mistake("tensor parallel", ranks, f"a divisor of the {count} attention heads")
            for count in sorted(heads)
            if count % ranks
        ),
        *(
            _mistake("tensor parallel", ranks, f"a divisor or a multiple of the {count} KV heads")
            for count in sorted(kv_heads)
            if count % ranks and ranks % count
        ),
    ]


def _mistake(setting: str, got: int, allowed: str) -> Mistake:
    return Mistake(
        setting=setting,
        problem="the engine cannot cut this model so",
        got=str(got),
        allowed=allowed,
        next_step="choose another number of GPUs",
    )
