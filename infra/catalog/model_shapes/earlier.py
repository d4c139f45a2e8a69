"""Models of 2022 to 2024 that people still serve.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, shape

# fmt: off
SHAPES = (
    shape(
        "facebook/opt-1.3b",
        at(
            "cli99/llm-analysis@d841e40 llm_analysis/model_configs/facebook_opt-1.3b.json (its "
            "own words, translated)",
            "2024-11-13",
        ),
        {
            "architectures": ["OPTForCausalLM"], "model_type": "opt", "hidden_size": 2048,
            "num_hidden_layers": 24, "num_attention_heads": 32, "ffn_dim": 8192,
            "vocab_size": 50272, "max_position_embeddings": 2048,
        },
    ),
    shape(
        "facebook/opt-6.7b",
        at(
            "cli99/llm-analysis@d841e40 llm_analysis/model_configs/facebook_opt-6.7b.json (its "
            "own words, translated)",
            "2024-11-13",
        ),
        {
            "architectures": ["OPTForCausalLM"], "model_type": "opt", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "ffn_dim": 16384,
            "vocab_size": 50272, "max_position_embeddings": 2048,
        },
    ),
    shape(
        "facebook/opt-13b",
        at(
            "cli99/llm-analysis@d841e40 llm_analysis/model_configs/facebook_opt-13b.json (its own"
            " words, translated)",
            "2024-11-13",
        ),
        {
            "architectures": ["OPTForCausalLM"], "model_type": "opt", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "ffn_dim": 20480,
            "vocab_size": 50272, "max_position_embeddings": 2048,
        },
    ),
    shape(
        "facebook/opt-66b",
        at(
            "cli99/llm-analysis@d841e40 llm_analysis/model_configs/facebook_opt-66b.json (its own"
            " words, translated)",
            "2024-11-13",
        ),
        {
            "architectures": ["OPTForCausalLM"], "model_type": "opt", "hidden_size": 9216,
            "num_hidden_layers": 64, "num_attention_heads": 72, "ffn_dim": 36864,
            "vocab_size": 50272, "max_position_embeddings": 2048,
        },
    ),
)
# fmt: on
