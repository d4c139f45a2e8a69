"""MiniMax.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, shape

# fmt: off
SHAPES = (
    shape(
        "MiniMaxAI/MiniMax-M2.5",
        aiconfigurator("MiniMaxAI--MiniMax-M2.5"),
        {
            "architectures": ["MiniMaxM2ForCausalLM"], "model_type": "minimax_m2",
            "hidden_size": 3072, "num_hidden_layers": 62, "num_attention_heads": 48,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 1536,
            "vocab_size": 200064, "tie_word_embeddings": False, "max_position_embeddings": 196608,
            "use_qk_norm": True, "qk_norm_type": "per_layer", "num_local_experts": 256,
            "num_experts_per_tok": 8, "shared_intermediate_size": 0, "num_mtp_modules": 3,
            "use_mtp": True, "mtp_transformer_layers": 1,
            "quantization_config": {
                "quant_method": "fp8", "fmt": "float8_e4m3fn", "weight_block_size": [128, 128],
                "activation_scheme": "dynamic",
                "modules_to_not_convert": ["gate", "e_score_correction_bias", "lm_head"],
            },
        },
        "MiniMaxAI/MiniMax-M2", "MiniMaxAI/MiniMax-M2.1",
    ),
    shape(
        "MiniMaxAI/MiniMax-M2.7",
        aiconfigurator("MiniMaxAI--MiniMax-M2.7"),
        {
            "architectures": ["MiniMaxM2ForCausalLM"], "model_type": "minimax_m2",
            "hidden_size": 3072, "num_hidden_layers": 62, "num_attention_heads": 48,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 1536,
            "vocab_size": 200064, "tie_word_embeddings": False, "dtype": "bfloat16",
            "max_position_embeddings": 204800, "use_qk_norm": True, "qk_norm_type": "per_layer",
            "num_local_experts": 256, "num_experts_per_tok": 8, "shared_intermediate_size": 0,
            "num_mtp_modules": 3, "use_mtp": True, "mtp_transformer_layers": 1,
            "attn_type_list": [1] * 62,
            "quantization_config": {
                "quant_method": "fp8", "fmt": "float8_e4m3fn", "weight_block_size": [128, 128],
                "activation_scheme": "dynamic",
                "modules_to_not_convert": ["gate", "e_score_correction_bias", "lm_head"],
            },
        },
    ),
    shape(
        "MiniMaxAI/MiniMax-M3",
        aiconfigurator("MiniMaxAI--MiniMax-M3"),
        {
            "architectures": ["MiniMaxM3ForCausalLM"], "model_type": "minimax_m3",
            "hidden_size": 6144, "num_hidden_layers": 60, "num_attention_heads": 64,
            "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 3072,
            "vocab_size": 200064, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 1048576, "use_qk_norm": True, "qk_norm_type": "per_head",
            "num_local_experts": 128, "num_experts_per_tok": 4, "moe_intermediate_size": 3072,
            "n_shared_experts": 1, "shared_intermediate_size": 3072, "first_k_dense_replace": 3,
            "moe_layer_freq": [0] * 3 + [1] * 57, "dense_intermediate_size": 12288,
            "attention_output_gate": False, "num_nextn_predict_layers": 1, "num_mtp_modules": 7,
            "sparse_attention_config": {
                "sparse_attention_freq": [0] * 3 + [1] * 57, "sparse_block_size": 128,
                "sparse_disable_index_value": [0] * 3 + [1] * 57, "sparse_index_dim": 128,
                "sparse_init_block": 0, "sparse_local_block": 1, "sparse_num_index_heads": 4,
                "sparse_score_type": "max", "sparse_topk_blocks": 16, "use_sparse_attention": True,
            },
        },
    ),
    shape(
        "MiniMaxAI/MiniMax-Text-01",
        at(
            "a test of transformers on GitHub: conversion of MiniMax-VL-01, whose text part it is"
            " (_old_text_config); the context differs and is left out",
            "2026-11-26",
        ),
        {
            "architectures": ["MiniMaxText01ForCausalLM"], "model_type": "minimax_text_01",
            "hidden_size": 6144, "num_hidden_layers": 80, "num_attention_heads": 64,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 9216,
            "vocab_size": 200064, "tie_word_embeddings": False, "num_local_experts": 32,
            "num_experts_per_tok": 2, "attn_type_list": ([0] * 7 + [1]) * 10,
        },
    ),
)
# fmt: on
