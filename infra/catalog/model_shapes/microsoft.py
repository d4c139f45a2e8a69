"""Phi of Microsoft.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, litgpt, mlc, shape, transformers

# fmt: off
SHAPES = (
    shape(
        "microsoft/phi-2",
        litgpt("phi-2"),
        {
            "architectures": ["PhiForCausalLM"], "model_type": "phi", "hidden_size": 2560,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 10240, "vocab_size": 51200, "tie_word_embeddings": False,
            "max_position_embeddings": 2048,
        },
    ),
    shape(
        "microsoft/Phi-3-mini-4k-instruct",
        transformers("Phi3Config"),
        {
            "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 3072,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 8192, "vocab_size": 32064, "tie_word_embeddings": False,
            "max_position_embeddings": 4096, "sliding_window": None,
        },
    ),
    shape(
        "microsoft/Phi-3-mini-128k-instruct",
        litgpt("Phi-3-mini-128k-instruct"),
        {
            "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 3072,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 8192, "vocab_size": 32064, "tie_word_embeddings": False,
            "max_position_embeddings": 131072, "sliding_window": 262144,
        },
    ),
    shape(
        "microsoft/Phi-3.5-mini-instruct",
        mlc("phi-3_5"),
        {
            "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 3072,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 8192, "vocab_size": 32064, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
            "sliding_window": 262144,
        },
    ),
    shape(
        "microsoft/Phi-3.5-vision-instruct",
        mlc("phi-3_5-vision"),
        {
            "architectures": ["Phi3VForCausalLM"], "model_type": "phi3_v", "hidden_size": 3072,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 8192, "vocab_size": 32064, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "sliding_window": 262144,
        },
        "microsoft/Phi-3-vision-128k-instruct",
    ),
    shape(
        "microsoft/phi-4",
        litgpt("phi-4"),
        {
            "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 10,
            "intermediate_size": 17920, "vocab_size": 100352, "tie_word_embeddings": False,
            "max_position_embeddings": 16384,
        },
        "microsoft/Phi-4-reasoning", "microsoft/Phi-4-reasoning-plus",
    ),
    shape(
        "microsoft/Phi-4-mini-instruct",
        mlc("phi-4"),
        {
            "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 3072,
            "num_hidden_layers": 32, "num_attention_heads": 24, "num_key_value_heads": 8,
            "intermediate_size": 8192, "vocab_size": 200064, "tie_word_embeddings": True,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
            "mlp_bias": False, "sliding_window": 262144, "lm_head_bias": False,
        },
        "microsoft/Phi-4-mini-reasoning",
    ),
    shape(
        "microsoft/Phi-3.5-MoE-instruct",
        transformers("PhimoeConfig"),
        {
            "architectures": ["PhiMoEForCausalLM"], "model_type": "phimoe", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 6400, "vocab_size": 32064, "tie_word_embeddings": False,
            "max_position_embeddings": 131072, "attention_bias": False, "num_local_experts": 16,
            "num_experts_per_tok": 2, "sliding_window": None, "lm_head_bias": False,
        },
    ),
    shape(
        "microsoft/Phi-4-multimodal-instruct",
        transformers("Phi4MultimodalConfig"),
        {
            "architectures": ["Phi4MMForCausalLM"], "model_type": "phi4_multimodal",
            "hidden_size": 3072, "num_hidden_layers": 32, "num_attention_heads": 32,
            "num_key_value_heads": 8, "intermediate_size": 8192, "vocab_size": 200064,
            "tie_word_embeddings": False, "max_position_embeddings": 131072, "sliding_window": None,
            "vision_config": {
                "model_type": "phi4_multimodal_vision", "hidden_size": 1152,
                "num_hidden_layers": 27, "intermediate_size": 4304, "num_attention_heads": 16,
                "patch_size": 14, "image_size": 448, "num_channels": 3,
            },
            "audio_config": {
                "model_type": "phi4_multimodal_audio", "hidden_size": 1024,
                "num_attention_heads": 16, "intermediate_size": 1536,
            },
        },
    ),
    shape(
        "microsoft/Phi-3-medium-4k-instruct",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/microsoft.py, "
            "phi3medium_config (its own words, translated)",
            "2026-07-29",
        ),
        {
            "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 10,
            "intermediate_size": 17920, "vocab_size": 32064, "tie_word_embeddings": False,
            "max_position_embeddings": 4096, "sliding_window": 2047,
        },
    ),
    shape(
        "microsoft/Phi-3-medium-128k-instruct",
        at(
            "kaito-project/kaito@056b828 presets/workspace/models/model_catalog.yaml (layers, "
            "heads, hidden size and file size of Phi-3-medium-4k-instruct, context of 131072)",
            "2026-08-21",
        ),
        {
            "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 10,
            "intermediate_size": 17920, "vocab_size": 32064, "tie_word_embeddings": False,
            "max_position_embeddings": 131072,
        },
    ),
)
# fmt: on
