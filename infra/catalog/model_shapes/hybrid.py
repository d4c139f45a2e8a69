"""Models with state-space layers beside attention: Jamba, Granite 4, Falcon-H1 and others.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, shape, transformers

# fmt: off
SHAPES = (
    shape(
        "ai21labs/Jamba-v0.1",
        transformers("JambaConfig"),
        {
            "architectures": ["JambaForCausalLM"], "model_type": "jamba", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 65536, "tie_word_embeddings": False,
            "max_position_embeddings": 262144, "num_experts": 16, "num_experts_per_tok": 2,
            "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 256,
            "attn_layer_period": 8, "attn_layer_offset": 4, "expert_layer_period": 2,
            "expert_layer_offset": 1,
        },
        "ai21labs/AI21-Jamba-1.5-Mini", "ai21labs/AI21-Jamba-Mini-1.5",
    ),
    shape(
        "ai21labs/AI21-Jamba-1.5-Large",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/misc.py, "
            "jamba_1_5_large_config (its own words, translated)",
            "2026-07-29",
        ),
        {
            "architectures": ["JambaForCausalLM"], "model_type": "jamba", "hidden_size": 8192,
            "num_hidden_layers": 72, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 24576, "vocab_size": 65536, "max_position_embeddings": 262144,
            "num_experts": 16, "num_experts_per_tok": 2, "mamba_d_state": 16, "mamba_d_conv": 4,
            "mamba_expand": 2, "mamba_dt_rank": 512, "attn_layer_period": 8, "attn_layer_offset": 4,
            "expert_layer_period": 2, "expert_layer_offset": 1, "tie_word_embeddings": False,
        },
        "ai21labs/AI21-Jamba-Large-1.5",
    ),
    shape(
        "tiiuae/Falcon-H1-0.5B-Instruct",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@067f987d "
            "tests/unit_tests/models/falcon_h1/test_falcon_h1_bridge.py, FALCON_H1_500M_CONFIG",
            "2026-08-22",
        ),
        {
            "architectures": ["FalconH1ForCausalLM"], "model_type": "falcon_h1",
            "hidden_size": 1024, "num_hidden_layers": 36, "num_attention_heads": 8,
            "num_key_value_heads": 2, "head_dim": 64, "intermediate_size": 2048,
            "vocab_size": 32784, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 16384, "attention_bias": False, "mlp_bias": False,
            "mamba_d_state": 128, "mamba_d_conv": 4, "mamba_d_head": 64, "mamba_n_heads": 24,
            "mamba_n_groups": 1, "mamba_expand": 2,
        },
        "tiiuae/Falcon-H1-0.5B-Base",
    ),
)
# fmt: on
