"""Mistral and Mixtral until 2024, and Small 3 without pictures.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, litgpt, mlc, shape

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
    shape(
        "mistralai/Mistral-Small-Instruct-2409",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/mistral.py, "
            "mistral_small_config (its own words, translated); two matrices for head and "
            "embedding: ggml-org/llama.cpp#11093 (a fine-tune of it)",
            "2026-07-29",
        ),
        {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 6144,
            "num_hidden_layers": 56, "num_attention_heads": 48, "num_key_value_heads": 8,
            "intermediate_size": 16384, "vocab_size": 32768, "tie_word_embeddings": False,
            "max_position_embeddings": 32768, "sliding_window": None,
        },
        "mistralai/Codestral-22B-v0.1",
    ),
)
# fmt: on
