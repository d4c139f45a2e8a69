"""The MLPs of a config: dense ones, experts, and which layer has which."""

from infra.sizing.architecture import Experts, Mlp
from infra.sizing.hf_pattern import layer_pattern
from infra.sizing.words import Words

_TWO_MATRICES = (
    # Classes without a gate in their MLP (vLLM 0.33.0, vllm/model_executor/models).
    *("OPT", "GPTNeoX", "Falcon", "Starcoder2", "GPTBigCode", "Bloom", "MPT", "PhiForCausalLM"),
    *("NemotronForCausalLM", "NemotronH", "GPT2", "GPTJ"),
)


def mlps(text: Words, family: str, hidden_size: int, layers: int) -> list[Mlp | Experts]:
    """Return the MLP of each layer."""
    matrices = 2 if family.startswith(_TWO_MATRICES) else 3
    pattern = layer_pattern(text)
    if pattern:
        return _of_pattern(text, pattern, layers, matrices)
    dense = _dense(text, family, hidden_size, matrices)
    experts = _experts(text, family, hidden_size, matrices)
    if experts is None:
        return [dense] * layers
    return [experts if _is_sparse(text, index) else dense for index in range(layers)]


def _of_pattern(text: Words, pattern: str, layers: int, matrices: int) -> list[Mlp | Experts]:
    """Return Nemotron-H's: a layer is an MLP, an attention or a state, never two of them."""
    nothing = Mlp(intermediate_size=0)
    if len(pattern) != layers or set(pattern) - set("M*-E"):
        text.add(
            "hybrid_override_pattern",
            "does not describe the layers",
            pattern,
            f"{layers} characters out of M, *, - and E",
            "copy the file again from the hub",
        )
        return [nothing] * layers
    kinds: dict[str, Mlp | Experts] = {"M": nothing, "*": nothing}
    if "-" in pattern:
        size = text.number("intermediate_size")
        kinds["-"] = Mlp(intermediate_size=size, matrices=matrices)
    if "E" in pattern:
        kinds["E"] = Experts(
            experts=text.number("n_routed_experts", kind="experts"),
            experts_per_token=text.number("num_experts_per_tok", kind="experts", default=1),
            intermediate_size=text.number("moe_intermediate_size"),
            shared_intermediate_size=text.number(
                "moe_shared_expert_intermediate_size", default=0, least=0
            ),
            matrices=matrices,
            latent_size=text.number("moe_latent_size", default=0, least=0) or None,
        )
    return [kinds[letter] for letter in pattern]


def _dense(text: Words, family: str, hidden_size: int, matrices: int) -> Mlp:
    is_moe = _expert_count(text) > 0
    names = ("intermediate_size_mlp", "intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size")
    default = 4 * hidden_size if matrices == 2 or is_moe else None  # noqa: PLR2004 - without a gate
    size = text.number(*names, default=default)
    if family.startswith("DeepseekV4"):
        size = 0
    if family.startswith("QWenLM"):
        size = max(1, size // 2)  # the first Qwen counts gate and up together (models/qwen.py)
    return Mlp(intermediate_size=size, matrices=matrices)


def _expert_count(text: Words) -> int:
    return text.number(
        *("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"),
        kind="experts",
        default=0,
        least=0,
    )


def _experts(text: Words, family: str, hidden_size: int, matrices: int) -> Experts | None:
    count = _expert_count(text)
    if not count:
        return None
    per_token = text.number(
        *("num_experts_per_tok", "num_experts_per_token", "moe_topk", "top_k_experts", "moe_k"),
        kind="experts",
        default=1,
    )
    if per_token > count:
        allowed = f"at most {count}, the number of experts"
        text.add("num_experts_per_tok", "is too many", per_token, allowed, "copy the file again")
    size = text.number(
        *("moe_intermediate_size", "expert_intermediate_size", "expert_ffn_hidden_size"),
        default=0,
        least=0,
    ) or text.number("intermediate_size")
    return Experts(
        experts=count,
        experts_per_token=per_token,
        intermediate_size=size,
        shared_intermediate_size=_shared(text, family, hidden_size, size),
        matrices=matrices,
        has_biases=family.startswith("GptOss"),
    )


def _shared(text: Words, family: str, _hidden_size: int, expert_size: int) -> int:
    if family.startswith("Gemma4"):
        return text.number("intermediate_size")  # its dense MLP runs beside the experts
    if family.startswith("Llama4"):
        return expert_size
    for name in ("shared_expert_intermediate_size", "shared_intermediate_size"):
        listed = text.value(name)
        if isinstance(listed, list | tuple):  # of each layer (MiniMax-Text-01)
            return max((size for size in listed if type(size) is int and size >= 0), default=0)
        if text.has(name):
            return text.number(name, default=0, least=0)
    shared = text.number(
        *("n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts"),
        kind="experts",
        default=0,
        least=0,
    )
    return shared * expert_size


def _is_sparse(text: Words, index: int) -> bool:
    dense_first = text.number(
        *("first_k_dense_replace", "moe_layer_start_index", "num_dense_layers"),
        kind="layers",
        default=0,
        least=0,
    )
    if index < dense_first:
        return False
    only_dense = text.items("mlp_only_layers") or []
    if index in only_dense:
        return False
    sparse = text.items("moe_layers")
    if sparse is not None:
        return index in sparse
    listed = text.value("moe_layer_freq")
    if isinstance(listed, list | tuple) and index < len(listed):
        return bool(listed[index])
    step = text.number(
        *("decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_interval"),
        *("expert_layer_period",),
        kind="layers",
        default=1,
    )
    offset = text.number("expert_layer_offset", kind="layers", default=step - 1, least=0)
    return index % step == offset % step
