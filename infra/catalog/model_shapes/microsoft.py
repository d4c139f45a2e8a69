"""Phi of Microsoft.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import litgpt, mlc, shape, transformers

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
)
# fmt: on
