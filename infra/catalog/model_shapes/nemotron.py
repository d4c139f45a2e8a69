"""Nemotron of NVIDIA: Mamba layers in all but the Llama derivatives.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, shape

# fmt: off
SHAPES = (
    shape(
        "nvidia/Nemotron-H-56B-Base-8K",
        aiconfigurator("nvidia--Nemotron-H-56B-Base-8K"),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 8192, "num_hidden_layers": 118, "num_attention_heads": 64,
            "num_key_value_heads": 8, "attention_head_dim": 128, "intermediate_size": 32768,
            "vocab_size": 131072, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 8192, "attention_bias": False, "mlp_bias": False,
            "use_bias": False, "sliding_window": None,
            "hybrid_override_pattern": (
                "M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-"
            ),
            "mamba_num_heads": 256, "mamba_head_dim": 64, "ssm_state_size": 256, "conv_kernel": 4,
            "n_groups": 8, "expand": 2, "chunk_size": 128,
        },
    ),
    shape(
        "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16",
        aiconfigurator("nvidia--NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 2688, "num_hidden_layers": 52, "num_attention_heads": 32,
            "num_key_value_heads": 2, "head_dim": 128, "intermediate_size": 1856,
            "vocab_size": 131072, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 262144, "attention_bias": False, "mlp_bias": False,
            "use_bias": False, "n_routed_experts": 128, "num_experts_per_tok": 6,
            "moe_intermediate_size": 1856, "moe_shared_expert_intermediate_size": 3712,
            "n_shared_experts": 1, "sliding_window": None,
            "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
            "mamba_num_heads": 64, "mamba_head_dim": 64, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8, "expand": 2, "chunk_size": 128, "mamba_ssm_cache_dtype": "float32",
        },
        "nvidia/Nemotron-Cascade-2-30B-A3B",
    ),
    shape(
        "nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16",
        aiconfigurator("nvidia--NVIDIA-Nemotron-3-Super-120B-A12B-FP8"),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 4096, "num_hidden_layers": 88, "num_attention_heads": 32,
            "num_key_value_heads": 2, "head_dim": 128, "intermediate_size": 2688,
            "vocab_size": 131072, "tie_word_embeddings": False, "dtype": "bfloat16",
            "max_position_embeddings": 262144, "attention_bias": False, "mlp_bias": False,
            "use_bias": False, "n_routed_experts": 512, "num_experts_per_tok": 22,
            "moe_intermediate_size": 2688, "moe_shared_expert_intermediate_size": 5376,
            "moe_latent_size": 1024, "n_shared_experts": 1, "sliding_window": None,
            "hybrid_override_pattern": (
                "MEMEMEM*EMEMEMEM*EMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEM*EMEMEMEME"
            ),
            "mamba_num_heads": 128, "mamba_head_dim": 64, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8, "expand": 2, "chunk_size": 128, "mamba_ssm_cache_dtype": "float32",
            "num_nextn_predict_layers": 1, "mtp_hybrid_override_pattern": "*E",
        },
    ),
    shape(
        "nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16",
        aiconfigurator("nvidia--NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16"),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 8192, "num_attention_heads": 64, "num_key_value_heads": 2,
            "head_dim": 128, "intermediate_size": 5120, "vocab_size": 131072,
            "tie_word_embeddings": False, "dtype": "bfloat16", "max_position_embeddings": 262144,
            "attention_bias": False, "mlp_bias": False, "use_bias": False, "n_routed_experts": 512,
            "num_experts_per_tok": 22, "moe_intermediate_size": 5120,
            "moe_shared_expert_intermediate_size": 10240, "moe_latent_size": 2048,
            "n_shared_experts": 1, "sliding_window": None,
            "layers_block_type": [
                "mamba", "moe", "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe",
                "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe",
                "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe", "mamba", "moe",
                "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe", "mamba", "moe",
                "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe", "mamba", "attention",
                "moe", "mamba", "moe", "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe",
                "mamba", "moe", "mamba", "moe", "mamba", "moe", "mamba", "moe",
            ],
            "mamba_num_heads": 256, "mamba_head_dim": 64, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8, "expand": 2, "chunk_size": 128, "mamba_ssm_cache_dtype": "float32",
            "num_nextn_predict_layers": 1, "mtp_layers_block_type": ["attention", "moe"],
        },
    ),
    shape(
        "nvidia/NVIDIA-Nemotron-3.5-Lightning-30B-A3B-BF16",
        aiconfigurator("nvidia--NVIDIA-Nemotron-3.5-Lightning-30B-A3B-NVFP4"),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 2688, "num_hidden_layers": 52, "num_attention_heads": 32,
            "num_key_value_heads": 2, "head_dim": 128, "intermediate_size": 1856,
            "vocab_size": 131072, "tie_word_embeddings": False, "dtype": "bfloat16",
            "max_position_embeddings": 1048576, "attention_bias": False, "mlp_bias": False,
            "use_bias": False, "n_routed_experts": 128, "num_experts_per_tok": 6,
            "moe_intermediate_size": 1856, "moe_shared_expert_intermediate_size": 3712,
            "n_shared_experts": 1, "sliding_window": None,
            "layers_block_type": [
                "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe",
                "mamba", "attention", "moe", "mamba", "moe", "mamba", "moe", "mamba", "attention",
                "moe", "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe", "mamba", "moe",
                "mamba", "moe", "mamba", "moe", "mamba", "moe",
            ],
            "mamba_num_heads": 64, "mamba_head_dim": 64, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8, "expand": 2, "chunk_size": 128, "mamba_ssm_cache_dtype": "float32",
            "num_nextn_predict_layers": 1, "mtp_layers_block_type": ["attention", "moe"],
        },
    ),
    shape(
        "nvidia/Llama-3_3-Nemotron-Super-49B-v1",
        aiconfigurator("nvidia--Llama-3_3-Nemotron-Super-49B-v1"),
        {
            "architectures": ["DeciLMForCausalLM"], "model_type": "nemotron-nas",
            "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64,
            "vocab_size": 128256, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 131072, "attention_bias": False, "mlp_bias": False,
            "block_configs": [
                {"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 2.625}},
                *[{"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}}] * 5,
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 2.625}}] * 2,
                *[{"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}}] * 3,
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 3.28125}},
                *[{"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}}] * 30,
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.3125}},
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 2.625}}] * 2,
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.3125}},
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 5.25}},
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.3125}},
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 2.625}},
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.3125}}] * 3,
                {"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}},
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.3125}},
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.0}}] * 2,
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.3125}},
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.0}}] * 3,
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.3125}}] * 2,
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 0.5}}] * 2,
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.0}}] * 2,
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 0.5}}] * 2,
                {"attention": {"no_op": True}, "ffn": {"ffn_mult": 1.0}},
                *[{"attention": {"no_op": True}, "ffn": {"ffn_mult": 0.5}}] * 2,
                *[{"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}}] * 9,
            ],
        },
    ),
    shape(
        "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/nemotronh/nemotron_h_provider.py, "
            "NemotronNanoModelProvider9Bv2 (its own words, translated); vocabulary, convolution: "
            "config.json of Nemotron-H-56B-Base-8K",
            "2025-12-28",
        ),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 4480, "num_hidden_layers": 56, "num_attention_heads": 40,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 15680,
            "vocab_size": 131072, "tie_word_embeddings": False, "max_position_embeddings": 131072,
            "hybrid_override_pattern": "M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-",
            "mamba_num_heads": 128, "mamba_head_dim": 80, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8,
        },
        "nvidia/NVIDIA-Nemotron-Nano-9B-v2-Base",
    ),
    shape(
        "nvidia/NVIDIA-Nemotron-Nano-12B-v2",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/nemotronh/nemotron_h_provider.py, "
            "NemotronNanoModelProvider12Bv2 (its own words, translated); vocabulary, convolution:"
            " config.json of Nemotron-H-56B-Base-8K",
            "2025-12-28",
        ),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 5120, "num_hidden_layers": 62, "num_attention_heads": 40,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 20480,
            "vocab_size": 131072, "tie_word_embeddings": False, "max_position_embeddings": 131072,
            "hybrid_override_pattern": (
                "M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M-"
            ),
            "mamba_num_heads": 128, "mamba_head_dim": 80, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8,
        },
        "nvidia/NVIDIA-Nemotron-Nano-12B-v2-Base",
    ),
    shape(
        "nvidia/Nemotron-H-8B-Base-8K",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/nemotronh/nemotron_h_provider.py, "
            "NemotronHModelProvider8B (its own words, translated); vocabulary, convolution: "
            "config.json of Nemotron-H-56B-Base-8K",
            "2025-12-28",
        ),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 4096, "num_hidden_layers": 52, "num_attention_heads": 32,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 21504,
            "vocab_size": 131072, "tie_word_embeddings": False, "max_position_embeddings": 8192,
            "hybrid_override_pattern": "M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-",
            "mamba_num_heads": 128, "mamba_head_dim": 64, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8,
        },
    ),
    shape(
        "nvidia/NVIDIA-Nemotron-3-Nano-4B-BF16",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@067f987d "
            "src/megatron/bridge/recipes/nemotronh/h100/nemotron_3_nano_4b.py (its own words, "
            "translated); context: kaito-project/kaito@056b828 "
            "presets/workspace/models/model_catalog.yaml",
            "2026-08-22",
        ),
        {
            "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h",
            "hidden_size": 3136, "num_hidden_layers": 42, "num_attention_heads": 40,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 12544,
            "vocab_size": 131072, "tie_word_embeddings": False, "max_position_embeddings": 262144,
            "hybrid_override_pattern": "M-M-M-MM-M-M*-M-M*-M-M-M*-M-M-MM*-MMM-M-M-",
            "mamba_num_heads": 96, "mamba_head_dim": 80, "ssm_state_size": 128, "conv_kernel": 4,
            "n_groups": 8,
        },
    ),
)
# fmt: on
