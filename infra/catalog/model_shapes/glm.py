"""GLM of Z.ai: MLA from 5 on.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, shape, transformers

# fmt: off
GLM_4_5 = {
    "architectures": ["Glm4MoeForCausalLM"], "model_type": "glm4_moe", "hidden_size": 5120,
    "num_hidden_layers": 92, "num_attention_heads": 96, "num_key_value_heads": 8, "head_dim": 128,
    "intermediate_size": 12288, "vocab_size": 151552, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": True,
    "use_qk_norm": True, "n_routed_experts": 160, "num_experts_per_tok": 8,
    "moe_intermediate_size": 1536, "n_shared_experts": 1, "first_k_dense_replace": 3,
    "num_nextn_predict_layers": 1,
}
SHAPES = (
    shape(
        "zai-org/GLM-5",
        aiconfigurator("zai-org--GLM-5"),
        {
            "architectures": ["GlmMoeDsaForCausalLM"], "model_type": "glm_moe_dsa",
            "hidden_size": 6144, "num_hidden_layers": 78, "num_attention_heads": 64,
            "num_key_value_heads": 64, "head_dim": 64, "intermediate_size": 12288,
            "vocab_size": 154880, "tie_word_embeddings": False, "dtype": "bfloat16",
            "max_position_embeddings": 202752, "attention_bias": False, "n_routed_experts": 256,
            "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
            "first_k_dense_replace": 3, "moe_layer_freq": 1, "kv_lora_rank": 512,
            "q_lora_rank": 2048, "qk_rope_head_dim": 64, "qk_nope_head_dim": 192, "v_head_dim": 256,
            "index_head_dim": 128, "index_n_heads": 32, "index_topk": 2048,
            "num_nextn_predict_layers": 1,
        },
    ),
    shape(
        "zai-org/GLM-5.1",
        aiconfigurator("zai-org--GLM-5.1"),
        {
            "architectures": ["GlmMoeDsaForCausalLM"], "model_type": "glm_moe_dsa",
            "hidden_size": 6144, "num_hidden_layers": 78, "num_attention_heads": 64,
            "num_key_value_heads": 64, "head_dim": 64, "intermediate_size": 12288,
            "vocab_size": 154880, "tie_word_embeddings": False, "dtype": "bfloat16",
            "max_position_embeddings": 202752, "attention_bias": False, "n_routed_experts": 256,
            "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
            "first_k_dense_replace": 3, "moe_layer_freq": 1, "kv_lora_rank": 512,
            "q_lora_rank": 2048, "qk_rope_head_dim": 64, "qk_nope_head_dim": 192, "v_head_dim": 256,
            "index_head_dim": 128, "index_n_heads": 32, "index_topk": 2048,
            "num_nextn_predict_layers": 1,
        },
    ),
    shape(
        "zai-org/GLM-5.2",
        aiconfigurator("zai-org--GLM-5.2"),
        {
            "architectures": ["GlmMoeDsaForCausalLM"], "model_type": "glm_moe_dsa",
            "hidden_size": 6144, "num_hidden_layers": 78, "num_attention_heads": 64,
            "num_key_value_heads": 64, "head_dim": 192, "intermediate_size": 12288,
            "vocab_size": 154880, "tie_word_embeddings": False, "dtype": "bfloat16",
            "max_position_embeddings": 1048576, "attention_bias": False, "n_routed_experts": 256,
            "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
            "first_k_dense_replace": 3, "moe_layer_freq": 1,
            "mlp_layer_types": ["dense"] * 3 + ["sparse"] * 75, "kv_lora_rank": 512,
            "q_lora_rank": 2048, "qk_rope_head_dim": 64, "qk_nope_head_dim": 192, "v_head_dim": 256,
            "index_head_dim": 128, "index_n_heads": 32, "index_topk": 2048,
            "indexer_types": ["full", "full"] + (["full"] + ["shared"] * 3) * 19,
            "index_topk_freq": 4, "num_nextn_predict_layers": 1,
        },
    ),
    shape(
        "zai-org/GLM-4.5-Air",
        at(
            "transformers 5.24.0 (PyPI wheel), Glm4MoeConfig(); head_dim and attention_bias: "
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/glm/glm45_provider.py, GLM45AirModelProvider106B",
            "2026-11-26",
        ),
        {
            "architectures": ["Glm4MoeForCausalLM"], "model_type": "glm4_moe", "hidden_size": 4096,
            "num_hidden_layers": 46, "num_attention_heads": 96, "num_key_value_heads": 8,
            "intermediate_size": 10944, "vocab_size": 151552, "tie_word_embeddings": False,
            "max_position_embeddings": 131072, "attention_bias": True, "use_qk_norm": False,
            "n_routed_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 1408,
            "n_shared_experts": 1, "first_k_dense_replace": 1, "num_nextn_predict_layers": 1,
            "head_dim": 128,
        },
        "zai-org/GLM-4.5-Air-Base",
    ),
    shape(
        "zai-org/GLM-4.5V",
        at(
            "transformers 5.24.0 (PyPI wheel), Glm4vMoeConfig(); head_dim: "
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/glm/glm45_provider.py, GLM45AirModelProvider106B",
            "2026-11-26",
        ),
        {
            "architectures": ["Glm4vMoeForConditionalGeneration"], "model_type": "glm4v_moe",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "glm4v_moe_text", "hidden_size": 4096, "num_hidden_layers": 46,
                "num_attention_heads": 96, "num_key_value_heads": 8, "intermediate_size": 10944,
                "vocab_size": 151424, "tie_word_embeddings": False,
                "max_position_embeddings": 65536, "attention_bias": True, "n_routed_experts": 128,
                "num_experts_per_tok": 8, "moe_intermediate_size": 1408, "n_shared_experts": 1,
                "first_k_dense_replace": 1, "head_dim": 128,
            },
            "vision_config": {
                "model_type": "glm4v_moe_vision", "hidden_size": 1536, "depth": 24,
                "intermediate_size": 13696, "num_heads": 12, "patch_size": 14, "image_size": 336,
                "out_hidden_size": 4096, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "in_channels": 3, "attention_bias": False,
            },
        },
    ),
    shape(
        "zai-org/GLM-4.5",
        at(
            "alibaba/rtp-llm@4b8d39cd "
            "rtp_llm/test/model_test/fake_test/testdata/glm45/tokenizer/config.json",
            "2026-08-20",
        ),
        GLM_4_5,
        "zai-org/GLM-4.5-Base",
    ),
    shape(
        "zai-org/glm-4-9b-chat-hf",
        transformers("GlmConfig"),
        {
            "architectures": ["GlmForCausalLM"], "model_type": "glm", "hidden_size": 4096,
            "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 2,
            "head_dim": 128, "intermediate_size": 13696, "vocab_size": 151552,
            "tie_word_embeddings": False, "max_position_embeddings": 131072, "attention_bias": True,
        },
        "THUDM/glm-4-9b-chat", "zai-org/glm-4-9b-chat", "zai-org/glm-4-9b-hf",
    ),
    shape(
        "zai-org/GLM-4.6",
        at(
            "vllm-project/recipes@8959cf6 models/zai-org/GLM-4.6.yaml (parameters of GLM-4.5, "
            "context of 202752)",
            "2026-08-21",
        ),
        {**GLM_4_5, "max_position_embeddings": 202752},
    ),
    shape(
        "zai-org/GLM-4.7",
        at(
            "alibaba/rtp-llm@4b8d39cd, test of glm4_moe (values of GLM-4.7); context: "
            "vllm-project/recipes@8959cf6 models/zai-org/GLM-4.7.yaml",
            "2026-08-20",
        ),
        {**GLM_4_5, "max_position_embeddings": 202752},
    ),
    shape(
        "zai-org/GLM-4-9B-0414",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 tests/0day/glm4-9b-0414 (its own words, translated)",
            "2025-04-30",
        ),
        {
            "architectures": ["Glm4ForCausalLM"], "model_type": "glm4", "hidden_size": 4096,
            "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 2,
            "head_dim": 128, "intermediate_size": 13696, "vocab_size": 151552,
            "tie_word_embeddings": False, "attention_bias": True,
        },
        "THUDM/GLM-4-9B-0414", "zai-org/GLM-Z1-9B-0414",
    ),
    shape(
        "zai-org/GLM-4-32B-0414",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 tests/0day/glm4-32b-0414 (its own words, translated)",
            "2025-04-30",
        ),
        {
            "architectures": ["Glm4ForCausalLM"], "model_type": "glm4", "hidden_size": 6144,
            "num_hidden_layers": 61, "num_attention_heads": 48, "num_key_value_heads": 2,
            "head_dim": 128, "intermediate_size": 23040, "vocab_size": 151552,
            "tie_word_embeddings": False, "attention_bias": False,
        },
        "THUDM/GLM-4-32B-0414", "zai-org/GLM-Z1-32B-0414",
    ),
    shape(
        "zai-org/GLM-4.7-Flash",
        at(
            "transformers 5.24.0 (PyPI wheel), Glm4MoeLiteConfig(), whose documentation names "
            "GLM-4.5: the words add up to the 30 billion parameters of this one",
            "2026-11-26",
        ),
        {
            "architectures": ["Glm4MoeLiteForCausalLM"], "model_type": "glm4_moe_lite",
            "hidden_size": 2048, "num_hidden_layers": 47, "num_attention_heads": 20,
            "num_key_value_heads": 20, "intermediate_size": 10240, "vocab_size": 154880,
            "tie_word_embeddings": False, "max_position_embeddings": 202752,
            "attention_bias": False, "n_routed_experts": 64, "num_experts_per_tok": 4,
            "moe_intermediate_size": 1536, "n_shared_experts": 1,
            "mlp_layer_types": ["dense"] + ["sparse"] * 46, "kv_lora_rank": 512, "q_lora_rank": 768,
            "qk_rope_head_dim": 64, "qk_nope_head_dim": 192, "v_head_dim": 256,
        },
    ),
)
# fmt: on
