"""gpt-oss of OpenAI.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, shape

# fmt: off
SHAPES = (
    shape(
        "openai/gpt-oss-20b",
        aiconfigurator("openai--gpt-oss-20b"),
        {
            "architectures": ["GptOssForCausalLM"], "model_type": "gpt_oss", "hidden_size": 2880,
            "num_hidden_layers": 24, "num_attention_heads": 64, "num_key_value_heads": 8,
            "head_dim": 64, "intermediate_size": 2880, "vocab_size": 201088,
            "tie_word_embeddings": False, "max_position_embeddings": 131072, "attention_bias": True,
            "num_local_experts": 32, "num_experts_per_tok": 4, "experts_per_token": 4,
            "layer_types": ["sliding_attention", "full_attention"] * 12, "sliding_window": 128,
            "quantization_config": {
                "quant_method": "mxfp4",
                "modules_to_not_convert": [
                    "model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens",
                    "lm_head",
                ],
            },
        },
    ),
    shape(
        "openai/gpt-oss-120b",
        aiconfigurator("openai--gpt-oss-120b"),
        {
            "architectures": ["GptOssForCausalLM"], "model_type": "gpt_oss", "hidden_size": 2880,
            "num_hidden_layers": 36, "num_attention_heads": 64, "num_key_value_heads": 8,
            "head_dim": 64, "intermediate_size": 2880, "vocab_size": 201088,
            "tie_word_embeddings": False, "max_position_embeddings": 131072, "attention_bias": True,
            "num_local_experts": 128, "num_experts_per_tok": 4, "experts_per_token": 4,
            "layer_types": ["sliding_attention", "full_attention"] * 18, "sliding_window": 128,
            "quantization_config": {
                "quant_method": "mxfp4",
                "modules_to_not_convert": [
                    "model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens",
                    "lm_head",
                ],
            },
        },
    ),
)
# fmt: on
