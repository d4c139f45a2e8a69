"""Models of others with Llama's layers: dense, grouped queries.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import litgpt, shape

# fmt: off
SHAPES = (
    shape(
        "tiiuae/Falcon3-1B-Base",
        litgpt("Falcon3-1B-Base"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
            "num_hidden_layers": 18, "num_attention_heads": 8, "num_key_value_heads": 4,
            "intermediate_size": 8192, "vocab_size": 131072, "tie_word_embeddings": False,
            "max_position_embeddings": 4096,
        },
        "tiiuae/Falcon3-1B-Instruct",
    ),
    shape(
        "tiiuae/Falcon3-3B-Base",
        litgpt("Falcon3-3B-Base"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 3072,
            "num_hidden_layers": 22, "num_attention_heads": 12, "num_key_value_heads": 4,
            "intermediate_size": 9216, "vocab_size": 131072, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "tiiuae/Falcon3-3B-Instruct",
    ),
    shape(
        "tiiuae/Falcon3-7B-Base",
        litgpt("Falcon3-7B-Base"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 3072,
            "num_hidden_layers": 28, "num_attention_heads": 12, "num_key_value_heads": 4,
            "intermediate_size": 23040, "vocab_size": 131072, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "tiiuae/Falcon3-7B-Instruct",
    ),
    shape(
        "tiiuae/Falcon3-10B-Base",
        litgpt("Falcon3-10B-Base"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 3072,
            "num_hidden_layers": 40, "num_attention_heads": 12, "num_key_value_heads": 4,
            "intermediate_size": 23040, "vocab_size": 131072, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "tiiuae/Falcon3-10B-Instruct",
    ),
)
# fmt: on
