"""Kimi of Moonshot AI.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, shape

# fmt: off
KIMI_K2 = {
    "architectures": ["DeepseekV3ForCausalLM"], "model_type": "kimi_k2", "hidden_size": 7168,
    "num_hidden_layers": 61, "num_attention_heads": 64, "num_key_value_heads": 64,
    "intermediate_size": 18432, "vocab_size": 163840, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
    "n_routed_experts": 384, "num_experts_per_tok": 8, "moe_intermediate_size": 2048,
    "n_shared_experts": 1, "first_k_dense_replace": 1, "moe_layer_freq": 1, "kv_lora_rank": 512,
    "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
    "num_nextn_predict_layers": 0,
    "quantization_config": {
        "quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128],
        "activation_scheme": "dynamic",
    },
}
_INT4_EXPERTS = {
    "quant_method": "compressed-tensors", "format": "pack-quantized",
    "ignore": [
        "lm_head", "re:.*self_attn.*", "re:.*shared_experts.*",
        "re:.*mlp\\.(gate|up|gate_up|down)_proj.*",
    ],
    "config_groups": {
        "group_0": {
            "weights": {
                "num_bits": 4, "group_size": 32, "type": "int", "strategy": "group",
            },
            "targets": ["Linear"],
        },
    },
}
"""Routed experts alone have 4 bits, in groups of 32."""
SHAPES = (
    shape(
        "moonshotai/Kimi-K2-Instruct",
        aiconfigurator("moonshotai--Kimi-K2-Instruct"),
        KIMI_K2,
        "moonshotai/Kimi-K2-Base",
    ),
    shape(
        "moonshotai/Kimi-K2.5",
        aiconfigurator("moonshotai--Kimi-K2.5"),
        {
            "architectures": ["KimiK25ForConditionalGeneration"], "model_type": "kimi_k25",
            "tie_word_embeddings": False, "dtype": "bfloat16",
            "text_config": {
                "architectures": ["DeepseekV3ForCausalLM"], "model_type": "kimi_k2",
                "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 64,
                "num_key_value_heads": 64, "intermediate_size": 18432, "vocab_size": 163840,
                "tie_word_embeddings": False, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "n_routed_experts": 384,
                "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
                "first_k_dense_replace": 1, "moe_layer_freq": 1, "kv_lora_rank": 512,
                "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128,
                "v_head_dim": 128, "num_nextn_predict_layers": 0,
                "quantization_config": _INT4_EXPERTS,
            },
            "vision_config": {
                "patch_size": 14, "merge_kernel_size": [2, 2], "vt_hidden_size": 1152,
                "vt_intermediate_size": 4304, "vt_num_attention_heads": 16,
                "vt_num_hidden_layers": 27, "mm_hidden_size": 1152, "text_hidden_size": 7168,
                "init_pos_emb_height": 64, "init_pos_emb_width": 64, "merge_type": "sd2_tpool",
            },
        },
    ),
    shape(
        "moonshotai/Kimi-K2.6",
        at(
            "ai-dynamo/aiconfigurator@095f58a5 "
            "aic-core/src/aiconfigurator_core/model_configs/nvidia--Kimi-K2.6-NVFP4_config.json; "
            "its own quantization is that of Kimi-K2.5, whose files are as large: "
            "kaito-project/kaito@056b828 presets/workspace/models/model_catalog.yaml",
            "2026-08-21",
        ),
        {
            "architectures": ["KimiK25ForConditionalGeneration"], "model_type": "kimi_k25",
            "tie_word_embeddings": False, "dtype": "bfloat16",
            "text_config": {
                "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3",
                "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 64,
                "num_key_value_heads": 64, "intermediate_size": 18432, "vocab_size": 163840,
                "tie_word_embeddings": False, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "n_routed_experts": 384,
                "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
                "first_k_dense_replace": 1, "moe_layer_freq": 1, "kv_lora_rank": 512,
                "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128,
                "v_head_dim": 128, "num_nextn_predict_layers": 0,
                "quantization_config": _INT4_EXPERTS,
            },
            "vision_config": {
                "model_type": "", "patch_size": 14, "merge_kernel_size": [2, 2],
                "vt_hidden_size": 1152, "vt_intermediate_size": 4304, "vt_num_attention_heads": 16,
                "vt_num_hidden_layers": 27, "mm_hidden_size": 1152, "text_hidden_size": 7168,
                "init_pos_emb_height": 64, "init_pos_emb_width": 64, "merge_type": "sd2_tpool",
            },
        },
    ),
    shape(
        "moonshotai/Kimi-K2.7-Code",
        at(
            "ai-dynamo/aiconfigurator@095f58a5 aic-core/src/aiconfigurator_core/model_configs/nvi"
            "dia--Kimi-K2.7-Code-NVFP4_config.json; its own quantization is that of Kimi-K2.5, "
            "whose files are as large: kaito-project/kaito@056b828 "
            "presets/workspace/models/model_catalog.yaml",
            "2026-08-21",
        ),
        {
            "architectures": ["KimiK25ForConditionalGeneration"], "model_type": "kimi_k25",
            "tie_word_embeddings": False, "dtype": "bfloat16",
            "text_config": {
                "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3",
                "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 64,
                "num_key_value_heads": 64, "intermediate_size": 18432, "vocab_size": 163840,
                "tie_word_embeddings": False, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "n_routed_experts": 384,
                "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
                "first_k_dense_replace": 1, "moe_layer_freq": 1, "kv_lora_rank": 512,
                "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128,
                "v_head_dim": 128, "num_nextn_predict_layers": 0,
                "quantization_config": _INT4_EXPERTS,
            },
            "vision_config": {
                "model_type": "", "patch_size": 14, "merge_kernel_size": [2, 2],
                "vt_hidden_size": 1152, "vt_intermediate_size": 4304, "vt_num_attention_heads": 16,
                "vt_num_hidden_layers": 27, "mm_hidden_size": 1152, "text_hidden_size": 7168,
                "init_pos_emb_height": 64, "init_pos_emb_width": 64, "merge_type": "sd2_tpool",
            },
        },
    ),
    shape(
        "moonshotai/Kimi-K3",
        aiconfigurator("moonshotai--Kimi-K3"),
        {
            "architectures": ["KimiK3ForConditionalGeneration"], "model_type": "kimi_k3",
            "tie_word_embeddings": False, "dtype": "bfloat16",
            "text_config": {
                "architectures": ["KimiLinearForCausalLM"], "model_type": "kimi_linear",
                "hidden_size": 7168, "num_hidden_layers": 93, "num_attention_heads": 96,
                "num_key_value_heads": 96, "intermediate_size": 33792, "vocab_size": 163840,
                "tie_word_embeddings": False, "dtype": "bfloat16",
                "max_position_embeddings": 1048576, "num_experts": 896, "num_experts_per_token": 16,
                "moe_intermediate_size": 3072, "num_shared_experts": 2, "first_k_dense_replace": 1,
                "moe_layer_freq": 1, "routed_expert_hidden_size": 3584, "latent_moe_use_norm": True,
                "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64,
                "qk_nope_head_dim": 128, "v_head_dim": 128,
                "linear_attn_config": {
                    "full_attn_layers": [
                        4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76,
                        80, 84, 88, 92, 93,
                    ],
                    "gate_lower_bound": -5.0, "head_dim": 128,
                    "kda_layers": [
                        1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26, 27,
                        29, 30, 31, 33, 34, 35, 37, 38, 39, 41, 42, 43, 45, 46, 47, 49, 50, 51, 53,
                        54, 55, 57, 58, 59, 61, 62, 63, 65, 66, 67, 69, 70, 71, 73, 74, 75, 77, 78,
                        79, 81, 82, 83, 85, 86, 87, 89, 90, 91,
                    ],
                    "num_heads": 96, "short_conv_kernel_size": 4, "use_full_rank_gate": True,
                },
                "mla_use_output_gate": True, "num_nextn_predict_layers": 0,
                "quantization_config": {
                    "quant_method": "compressed-tensors", "format": "mxfp4-pack-quantized",
                    "ignore": [
                        "re:.*self_attn.*", "re:.*shared_experts.*",
                        "re:.*mlp\\.(gate|up|gate_up|down)_proj.*", "re:.*lm_head.*",
                        "re:.*vision_tower.*", "re:.*mm_projector.*",
                    ],
                    "config_groups": {
                        "group_0": {
                            "weights": {
                                "num_bits": 4, "group_size": 32, "type": "float",
                                "strategy": "group",
                            },
                            "targets": ["Linear"],
                        },
                    },
                },
            },
            "vision_config": {
                "patch_size": 14, "merge_kernel_size": [2, 2], "vt_hidden_size": 1024,
                "vt_intermediate_size": 4096, "vt_num_attention_heads": 12,
                "vt_num_hidden_layers": 27, "mm_hidden_size": 1024, "text_hidden_size": 7168,
                "init_pos_emb_height": 64, "init_pos_emb_width": 64, "qkv_hidden_size": 1536,
                "attn_bias": False, "linear_bias": False, "merge_type": "sd2_tpool",
            },
        },
    ),
    shape(
        "moonshotai/Moonlight-16B-A3B",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/deepseek/deepseek_provider.py, MoonlightModelProvider16B "
            "(its own words, translated)",
            "2025-12-28",
        ),
        {
            "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3",
            "hidden_size": 2048, "num_hidden_layers": 27, "num_attention_heads": 16,
            "num_key_value_heads": 16, "intermediate_size": 11264, "vocab_size": 163842,
            "tie_word_embeddings": False, "n_routed_experts": 64, "num_experts_per_tok": 6,
            "moe_intermediate_size": 1408, "n_shared_experts": 2, "first_k_dense_replace": 1,
            "moe_layer_freq": 1, "kv_lora_rank": 512, "q_lora_rank": None, "qk_rope_head_dim": 64,
            "qk_nope_head_dim": 128, "v_head_dim": 128,
        },
        "moonshotai/Moonlight-16B-A3B-Instruct",
    ),
    shape(
        "moonshotai/Kimi-Linear-48B-A3B-Instruct",
        at(
            "transformers 5.24.0 (PyPI wheel), KimiLinearConfig(); which layers are of which "
            "kind: its config.json as a test of a Rust server on GitHub quotes it",
            "2026-11-26",
        ),
        {
            "architectures": ["KimiLinearForCausalLM"], "model_type": "kimi_linear",
            "hidden_size": 2304, "num_hidden_layers": 27, "num_attention_heads": 32,
            "num_key_value_heads": 32, "head_dim": 72, "intermediate_size": 9216,
            "vocab_size": 163840, "tie_word_embeddings": False, "num_experts": 256,
            "num_experts_per_token": 8, "moe_intermediate_size": 1024, "num_shared_experts": 1,
            "first_k_dense_replace": 1, "moe_layer_freq": 1, "kv_lora_rank": 512,
            "q_lora_rank": None, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
            "linear_attn_config": {
                "kda_layers": [
                    1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26,
                ],
                "full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "num_heads": 32, "head_dim": 128,
                "short_conv_kernel_size": 4,
            },
            "num_nextn_predict_layers": 0,
        },
        "moonshotai/Kimi-Linear-48B-A3B-Base",
    ),
    shape(
        "moonshotai/Kimi-VL-A3B-Instruct",
        at(
            "ai-bot-pro/achatbot#142 (the loaded model, printed 2025-04-10: 16.41 billion "
            "parameters); language part: NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/deepseek/deepseek_provider.py, MoonlightModelProvider16B",
            "2025-04-10",
        ),
        {
            "architectures": ["KimiVLForConditionalGeneration"], "model_type": "kimi_vl",
            "text_config": {
                "model_type": "deepseek_v3", "hidden_size": 2048, "num_hidden_layers": 27,
                "num_attention_heads": 16, "num_key_value_heads": 16, "intermediate_size": 11264,
                "vocab_size": 163840, "tie_word_embeddings": False, "n_routed_experts": 64,
                "num_experts_per_tok": 6, "moe_intermediate_size": 1408, "n_shared_experts": 2,
                "first_k_dense_replace": 1, "moe_layer_freq": 1, "kv_lora_rank": 512,
                "q_lora_rank": None, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128,
                "v_head_dim": 128,
            },
            "vision_config": {
                "model_type": "moonvit", "hidden_size": 1152, "num_hidden_layers": 27,
                "intermediate_size": 4304, "num_attention_heads": 16, "patch_size": 14,
                "merge_kernel_size": [2, 2], "init_pos_emb_height": 64, "init_pos_emb_width": 64,
            },
        },
        "moonshotai/Kimi-VL-A3B-Thinking", "moonshotai/Kimi-VL-A3B-Thinking-2506",
    ),
    shape(
        "moonshotai/Kimi-K2-Thinking",
        at(
            "ai-dynamo/aiconfigurator@095f58a5 "
            "aic-core/src/aiconfigurator_core/model_configs/moonshotai--Kimi-K2.5_config.json, "
            "its language part; that it is so: vllm-project/recipes@8959cf6 "
            "models/moonshotai/Kimi-K2-Thinking.yaml",
            "2026-08-21",
        ),
        {
            "architectures": ["DeepseekV3ForCausalLM"], "model_type": "kimi_k2",
            "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 64,
            "num_key_value_heads": 64, "intermediate_size": 18432, "vocab_size": 163840,
            "tie_word_embeddings": False, "dtype": "bfloat16", "max_position_embeddings": 262144,
            "attention_bias": False, "n_routed_experts": 384, "num_experts_per_tok": 8,
            "moe_intermediate_size": 2048, "n_shared_experts": 1, "first_k_dense_replace": 1,
            "moe_layer_freq": 1, "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64,
            "qk_nope_head_dim": 128, "v_head_dim": 128, "num_nextn_predict_layers": 0,
            "quantization_config": _INT4_EXPERTS,
        },
    ),
)
# fmt: on
