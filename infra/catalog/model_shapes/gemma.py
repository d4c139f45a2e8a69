"""Gemma of Google.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import (
    aiconfigurator,
    at,
    gemma_3,
    maxtext,
    mlc,
    shape,
    transformers,
)

# fmt: off
SHAPES = (
    shape(
        "google/gemma-2b",
        mlc("gemma_2b"),
        {
            "architectures": ["GemmaForCausalLM"], "model_type": "gemma", "hidden_size": 2048,
            "num_hidden_layers": 18, "num_attention_heads": 8, "num_key_value_heads": 1,
            "head_dim": 256, "intermediate_size": 16384, "vocab_size": 256000,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "tie_word_embeddings": True,
        },
        "google/gemma-2b-it",
    ),
    shape(
        "google/gemma-7b",
        transformers("GemmaConfig"),
        {
            "architectures": ["GemmaForCausalLM"], "model_type": "gemma", "hidden_size": 3072,
            "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 16,
            "head_dim": 256, "intermediate_size": 24576, "vocab_size": 256000,
            "tie_word_embeddings": True, "max_position_embeddings": 8192, "attention_bias": False,
        },
        "google/gemma-7b-it", "google/gemma-1.1-7b-it",
    ),
    shape(
        "google/gemma-2-2b",
        mlc("gemma2_2b"),
        {
            "architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "hidden_size": 2304,
            "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
            "head_dim": 256, "intermediate_size": 9216, "vocab_size": 256000,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "sliding_window": 4096, "tie_word_embeddings": True,
        },
        "google/gemma-2-2b-it", "google/gemma-2-2b-jpn-it",
    ),
    shape(
        "google/gemma-2-9b",
        mlc("gemma2_9b"),
        {
            "architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "hidden_size": 3584,
            "num_hidden_layers": 42, "num_attention_heads": 16, "num_key_value_heads": 8,
            "head_dim": 256, "intermediate_size": 14336, "vocab_size": 256000,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "sliding_window": 4096, "tie_word_embeddings": True,
        },
        "google/gemma-2-9b-it",
    ),
    shape(
        "google/gemma-2-27b",
        mlc("gemma2_27b"),
        {
            "architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "hidden_size": 4608,
            "num_hidden_layers": 46, "num_attention_heads": 32, "num_key_value_heads": 16,
            "head_dim": 128, "intermediate_size": 36864, "vocab_size": 256000,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "sliding_window": 4096, "tie_word_embeddings": True,
        },
        "google/gemma-2-27b-it",
    ),
    shape(
        "google/gemma-3-1b-it",
        mlc("gemma3_1b_it"),
        {
            "architectures": ["Gemma3ForCausalLM"], "model_type": "gemma3_text",
            "hidden_size": 1152, "num_hidden_layers": 26, "num_attention_heads": 4,
            "num_key_value_heads": 1, "head_dim": 256, "intermediate_size": 6912,
            "vocab_size": 262144, "torch_dtype": "bfloat16", "max_position_embeddings": 32768,
            "attention_bias": False, "sliding_window": 512, "sliding_window_pattern": 6,
            "tie_word_embeddings": True,
        },
        "google/gemma-3-1b-pt",
    ),
    shape(
        "google/gemma-3-4b-it",
        gemma_3("gemma3_4b_config"),
        {
            "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
            "torch_dtype": "bfloat16",
            "text_config": {
                "model_type": "gemma3_text", "hidden_size": 2560, "num_hidden_layers": 34,
                "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
                "intermediate_size": 10240, "vocab_size": 262208, "max_position_embeddings": 131072,
                "attention_bias": False, "sliding_window": 1024, "sliding_window_pattern": 6,
            },
            "vision_config": {
                "model_type": "siglip_vision_model", "hidden_size": 1152, "num_hidden_layers": 27,
                "intermediate_size": 4304, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 896, "num_channels": 3,
            },
            "tie_word_embeddings": True,
        },
        "google/gemma-3-4b-pt",
    ),
    shape(
        "google/gemma-3-12b-it",
        gemma_3("gemma3_12b_config"),
        {
            "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
            "torch_dtype": "bfloat16",
            "text_config": {
                "model_type": "gemma3_text", "hidden_size": 3840, "num_hidden_layers": 48,
                "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256,
                "intermediate_size": 15360, "vocab_size": 262208, "max_position_embeddings": 131072,
                "attention_bias": False, "sliding_window": 1024, "sliding_window_pattern": 6,
            },
            "vision_config": {
                "model_type": "siglip_vision_model", "hidden_size": 1152, "num_hidden_layers": 27,
                "intermediate_size": 4304, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 896, "num_channels": 3,
            },
            "tie_word_embeddings": True,
        },
        "google/gemma-3-12b-pt",
    ),
    shape(
        "google/gemma-3-27b-it",
        gemma_3("gemma3_27b_config"),
        {
            "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
            "torch_dtype": "bfloat16",
            "text_config": {
                "model_type": "gemma3_text", "hidden_size": 5376, "num_hidden_layers": 62,
                "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128,
                "intermediate_size": 21504, "vocab_size": 262208, "max_position_embeddings": 131072,
                "attention_bias": False, "sliding_window": 1024, "sliding_window_pattern": 6,
            },
            "vision_config": {
                "model_type": "siglip_vision_model", "hidden_size": 1152, "num_hidden_layers": 27,
                "intermediate_size": 4304, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 896, "num_channels": 3,
            },
            "tie_word_embeddings": True,
        },
        "google/gemma-3-27b-pt",
    ),
    shape(
        "google/gemma-4-E2B-it",
        maxtext("gemma4_e2b_dict"),
        {
            "architectures": ["Gemma4ForConditionalGeneration"], "model_type": "gemma4",
            "tie_word_embeddings": True, "dtype": "bfloat16",
            "text_config": {
                "model_type": "gemma4_text", "hidden_size": 1536, "num_hidden_layers": 35,
                "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256,
                "intermediate_size": 6144, "vocab_size": 262144, "tie_word_embeddings": True,
                "dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
                "enable_moe_block": False,
                "layer_types": (["sliding_attention"] * 4 + ["full_attention"]) * 7,
                "sliding_window": 512, "global_head_dim": 512, "attention_k_eq_v": False,
                "num_kv_shared_layers": 20, "hidden_size_per_layer_input": 256,
                "vocab_size_per_layer_input": 262144, "use_double_wide_mlp": True,
            },
            "vision_config": {
                "model_type": "gemma4_vision", "hidden_size": 768, "num_hidden_layers": 16,
                "intermediate_size": 3072, "num_attention_heads": 12, "num_key_value_heads": 12,
                "head_dim": 64, "global_head_dim": 64, "patch_size": 16,
                "position_embedding_size": 10240, "pooling_kernel_size": 3,
                "default_output_length": 280, "attention_bias": False,
            },
        },
        "google/gemma-4-E2B",
    ),
    shape(
        "google/gemma-4-E4B-it",
        maxtext("gemma4_e4b_dict"),
        {
            "architectures": ["Gemma4ForConditionalGeneration"], "model_type": "gemma4",
            "tie_word_embeddings": True, "dtype": "bfloat16",
            "text_config": {
                "model_type": "gemma4_text", "hidden_size": 2560, "num_hidden_layers": 42,
                "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 256,
                "intermediate_size": 10240, "vocab_size": 262144, "tie_word_embeddings": True,
                "dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
                "enable_moe_block": False,
                "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 7,
                "sliding_window": 512, "global_head_dim": 512, "attention_k_eq_v": False,
                "num_kv_shared_layers": 18, "hidden_size_per_layer_input": 256,
                "vocab_size_per_layer_input": 262144, "use_double_wide_mlp": False,
            },
            "vision_config": {
                "model_type": "gemma4_vision", "hidden_size": 768, "num_hidden_layers": 16,
                "intermediate_size": 3072, "num_attention_heads": 12, "num_key_value_heads": 12,
                "head_dim": 64, "global_head_dim": 64, "patch_size": 16,
                "position_embedding_size": 10240, "pooling_kernel_size": 3,
                "default_output_length": 280, "attention_bias": False,
            },
        },
        "google/gemma-4-E4B",
    ),
    shape(
        "google/gemma-4-26B-A4B-it",
        aiconfigurator("google--gemma-4-26B-A4B"),
        {
            "architectures": ["Gemma4ForConditionalGeneration"], "model_type": "gemma4",
            "tie_word_embeddings": True, "dtype": "bfloat16",
            "text_config": {
                "model_type": "gemma4_text", "hidden_size": 2816, "num_hidden_layers": 30,
                "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256,
                "intermediate_size": 2112, "vocab_size": 262144, "tie_word_embeddings": True,
                "dtype": "bfloat16", "max_position_embeddings": 262144, "attention_bias": False,
                "num_experts": 128, "top_k_experts": 8, "moe_intermediate_size": 704,
                "enable_moe_block": True,
                "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 5,
                "sliding_window": 1024, "global_head_dim": 512, "num_global_key_value_heads": 2,
                "attention_k_eq_v": True, "num_kv_shared_layers": 0,
                "hidden_size_per_layer_input": 0, "vocab_size_per_layer_input": 262144,
                "use_double_wide_mlp": False, "use_bidirectional_attention": "vision",
            },
            "vision_config": {
                "model_type": "gemma4_vision", "hidden_size": 1152, "num_hidden_layers": 27,
                "intermediate_size": 4304, "num_attention_heads": 16, "num_key_value_heads": 16,
                "head_dim": 72, "global_head_dim": 72, "patch_size": 16,
                "position_embedding_size": 10240, "pooling_kernel_size": 3,
                "default_output_length": 280, "attention_bias": False,
            },
        },
        "google/gemma-4-26B-A4B",
    ),
    shape(
        "google/gemma-4-31B-it",
        aiconfigurator("nvidia--Gemma-4-31B-IT-NVFP4"),
        {
            "architectures": ["Gemma4ForConditionalGeneration"], "model_type": "gemma4",
            "tie_word_embeddings": True, "dtype": "bfloat16",
            "text_config": {
                "model_type": "gemma4_text", "hidden_size": 5376, "num_hidden_layers": 60,
                "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 256,
                "intermediate_size": 21504, "vocab_size": 262144, "tie_word_embeddings": True,
                "dtype": "bfloat16", "max_position_embeddings": 262144, "attention_bias": False,
                "enable_moe_block": False,
                "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 10,
                "sliding_window": 1024, "global_head_dim": 512, "num_global_key_value_heads": 4,
                "attention_k_eq_v": True, "num_kv_shared_layers": 0,
                "hidden_size_per_layer_input": 0, "vocab_size_per_layer_input": 262144,
                "use_double_wide_mlp": False, "use_bidirectional_attention": "vision",
            },
            "vision_config": {
                "model_type": "gemma4_vision", "hidden_size": 1152, "num_hidden_layers": 27,
                "intermediate_size": 4304, "num_attention_heads": 16, "num_key_value_heads": 16,
                "head_dim": 72, "global_head_dim": 72, "patch_size": 16,
                "position_embedding_size": 10240, "pooling_kernel_size": 3,
                "default_output_length": 280, "attention_bias": False,
            },
        },
        "google/gemma-4-31B",
    ),
    shape(
        "google/gemma-4-12B-it",
        at(
            "google/gemma-4-12B-it config.json, as a test of a Swift engine on GitHub quotes it "
            "(Gemma4UnifiedTests); context, biases and tied embeddings: transformers 5.24.0 (PyPI"
            " wheel), Gemma4UnifiedConfig()",
            "2026-11-26",
        ),
        {
            "architectures": ["Gemma4UnifiedForConditionalGeneration"],
            "model_type": "gemma4_unified", "tie_word_embeddings": True,
            "text_config": {
                "model_type": "gemma4_unified_text", "hidden_size": 3840, "num_hidden_layers": 48,
                "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256,
                "intermediate_size": 15360, "vocab_size": 262144, "tie_word_embeddings": True,
                "max_position_embeddings": 262144, "attention_bias": False,
                "enable_moe_block": False,
                "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 8,
                "sliding_window": 1024, "global_head_dim": 512, "num_global_key_value_heads": 1,
                "attention_k_eq_v": True, "num_kv_shared_layers": 0,
                "hidden_size_per_layer_input": 0, "use_double_wide_mlp": False,
            },
        },
        "google/gemma-4-12B",
    ),
    shape(
        "google/gemma-3n-E4B-it",
        transformers("Gemma3nConfig"),
        {
            "architectures": ["Gemma3nForConditionalGeneration"], "model_type": "gemma3n",
            "tie_word_embeddings": True,
            "text_config": {
                "model_type": "gemma3n_text", "hidden_size": 2048, "num_hidden_layers": 35,
                "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 256,
                "intermediate_size": [16384] * 35, "vocab_size": 262400,
                "tie_word_embeddings": True, "max_position_embeddings": 32768,
                "attention_bias": False,
                "layer_types": (["sliding_attention"] * 4 + ["full_attention"]) * 7,
                "sliding_window": 512, "num_kv_shared_layers": 15,
                "hidden_size_per_layer_input": 256, "vocab_size_per_layer_input": 262144,
                "laurel_rank": 64, "altup_num_inputs": 4,
            },
            "vision_config": {
                "model_type": "gemma3n_vision", "hidden_size": 2048,
                "architecture": "mobilenetv5_300m_enc",
            },
            "audio_config": {
                "model_type": "gemma3n_audio", "hidden_size": 1536, "conf_num_hidden_layers": 12,
                "conf_num_attention_heads": 8,
            },
        },
        "google/gemma-3n-E4B",
    ),
)
# fmt: on
