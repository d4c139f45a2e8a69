"""DeepSeek: latent attention (MLA) from V2 on.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, mlc, shape

# fmt: off
SHAPES = (
    shape(
        "deepseek-ai/DeepSeek-V2-Lite",
        mlc("deepseek_v2_lite"),
        {
            "architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2",
            "hidden_size": 2048, "num_hidden_layers": 27, "num_attention_heads": 16,
            "num_key_value_heads": 16, "intermediate_size": 10944, "vocab_size": 102400,
            "torch_dtype": "bfloat16", "max_position_embeddings": 163840, "attention_bias": False,
            "n_routed_experts": 64, "num_experts_per_tok": 6, "moe_intermediate_size": 1408,
            "n_shared_experts": 2, "first_k_dense_replace": 1, "moe_layer_freq": 1,
            "kv_lora_rank": 512, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
            "tie_word_embeddings": False,
        },
        "deepseek-ai/DeepSeek-V2-Lite-Chat", "deepseek-ai/DeepSeek-Coder-V2-Lite-Base",
        "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct",
    ),
    shape(
        "deepseek-ai/deepseek-moe-16b-base",
        mlc("deepseek"),
        {
            "architectures": ["DeepseekForCausalLM"], "model_type": "deepseek", "hidden_size": 2048,
            "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 16,
            "intermediate_size": 10944, "vocab_size": 102400, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 4096, "attention_bias": False,
            "n_routed_experts": 64, "num_experts_per_tok": 6, "moe_intermediate_size": 1408,
            "n_shared_experts": 2, "first_k_dense_replace": 1, "moe_layer_freq": 1,
        },
        "deepseek-ai/deepseek-moe-16b-chat",
    ),
    shape(
        "deepseek-ai/DeepSeek-V3",
        aiconfigurator("deepseek-ai--DeepSeek-V3"),
        {
            "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3",
            "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128,
            "num_key_value_heads": 128, "intermediate_size": 18432, "vocab_size": 129280,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 163840, "attention_bias": False, "n_routed_experts": 256,
            "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
            "first_k_dense_replace": 3, "moe_layer_freq": 1, "kv_lora_rank": 512,
            "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
            "num_nextn_predict_layers": 1,
            "quantization_config": {
                "quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128],
                "activation_scheme": "dynamic",
            },
        },
        "deepseek-ai/DeepSeek-V3-Base", "deepseek-ai/DeepSeek-V3-0324", "deepseek-ai/DeepSeek-R1",
        "deepseek-ai/DeepSeek-R1-Zero", "deepseek-ai/DeepSeek-R1-0528", "deepseek-ai/DeepSeek-V3.1",
        "deepseek-ai/DeepSeek-V3.1-Base", "deepseek-ai/DeepSeek-V3.1-Terminus",
    ),
    shape(
        "deepseek-ai/DeepSeek-V3.2",
        aiconfigurator("deepseek-ai--DeepSeek-V3.2"),
        {
            "architectures": ["DeepseekV32ForCausalLM"], "model_type": "deepseek_v32",
            "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128,
            "num_key_value_heads": 128, "intermediate_size": 18432, "vocab_size": 129280,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 163840, "attention_bias": False, "n_routed_experts": 256,
            "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
            "first_k_dense_replace": 3, "moe_layer_freq": 1, "kv_lora_rank": 512,
            "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
            "index_head_dim": 128, "index_n_heads": 64, "index_topk": 2048,
            "num_nextn_predict_layers": 1,
            "quantization_config": {
                "quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128],
                "activation_scheme": "dynamic",
            },
        },
        "deepseek-ai/DeepSeek-V3.2-Exp",
    ),
    shape(
        "deepseek-ai/DeepSeek-V4-Flash",
        aiconfigurator("deepseek-ai--DeepSeek-V4-Flash"),
        {
            "architectures": ["DeepseekV4ForCausalLM"], "model_type": "deepseek_v4",
            "hidden_size": 4096, "num_hidden_layers": 43, "num_attention_heads": 64,
            "num_key_value_heads": 1, "head_dim": 512, "vocab_size": 129280,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 1048576, "attention_bias": False, "n_routed_experts": 256,
            "num_experts_per_tok": 6, "moe_intermediate_size": 2048, "n_shared_experts": 1,
            "q_lora_rank": 1024, "qk_rope_head_dim": 64, "index_head_dim": 128, "index_n_heads": 64,
            "index_topk": 512, "sliding_window": 128, "num_nextn_predict_layers": 1,
            "compress_ratios": [
                0, 0, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4,
                128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128,
                4, 0,
            ],
            "expert_dtype": "fp4", "o_groups": 8, "o_lora_rank": 1024, "hc_mult": 4,
            "num_hash_layers": 3,
            "quantization_config": {
                "quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128],
                "activation_scheme": "dynamic",
            },
        },
        "deepseek-ai/DeepSeek-V4-Flash-0731",
    ),
    shape(
        "deepseek-ai/DeepSeek-V4-Pro",
        aiconfigurator("deepseek-ai--DeepSeek-V4-Pro"),
        {
            "architectures": ["DeepseekV4ForCausalLM"], "model_type": "deepseek_v4",
            "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128,
            "num_key_value_heads": 1, "head_dim": 512, "vocab_size": 129280,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 1048576, "attention_bias": False, "n_routed_experts": 384,
            "num_experts_per_tok": 6, "moe_intermediate_size": 3072, "n_shared_experts": 1,
            "q_lora_rank": 1536, "qk_rope_head_dim": 64, "index_head_dim": 128, "index_n_heads": 64,
            "index_topk": 1024, "sliding_window": 128, "num_nextn_predict_layers": 1,
            "compress_ratios": [
                128, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4,
                128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128,
                4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 0,
            ],
            "expert_dtype": "fp4", "o_groups": 16, "o_lora_rank": 1024, "hc_mult": 4,
            "num_hash_layers": 3,
            "quantization_config": {
                "quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128],
                "activation_scheme": "dynamic",
            },
        },
    ),
    shape(
        "deepseek-ai/DeepSeek-V2",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/deepseek/deepseek_provider.py, DeepSeekV2ModelProvider "
            "(its own words, translated); max_position_embeddings: "
            "kvcache-ai/ktransformers@95009ea6 "
            "archive/csrc/balance_serve/kvc2/config/model_configs.json",
            "2025-12-28",
        ),
        {
            "architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2",
            "hidden_size": 5120, "num_hidden_layers": 60, "num_attention_heads": 128,
            "num_key_value_heads": 128, "intermediate_size": 12288, "vocab_size": 102400,
            "tie_word_embeddings": False, "max_position_embeddings": 163840,
            "n_routed_experts": 160, "num_experts_per_tok": 6, "moe_intermediate_size": 1536,
            "n_shared_experts": 2, "first_k_dense_replace": 1, "moe_layer_freq": 1,
            "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64,
            "qk_nope_head_dim": 128, "v_head_dim": 128,
        },
        "deepseek-ai/DeepSeek-V2-Chat", "deepseek-ai/DeepSeek-V2-Chat-0628",
        "deepseek-ai/DeepSeek-V2.5", "deepseek-ai/DeepSeek-V2.5-1210",
        "deepseek-ai/DeepSeek-Coder-V2-Base", "deepseek-ai/DeepSeek-Coder-V2-Instruct",
        "deepseek-ai/DeepSeek-Coder-V2-Instruct-0724",
    ),
)
# fmt: on
