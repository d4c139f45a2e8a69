"""Models with a vision tower whose text part is another family's.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import shape, transformers

# fmt: off
SHAPES = (
    shape(
        "llava-hf/llava-1.5-7b-hf",
        transformers("LlavaConfig"),
        {
            "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
            "tie_word_embeddings": False, "multimodal_projector_bias": True,
            "text_config": {
                "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
                "num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": 128,
                "intermediate_size": 11008, "vocab_size": 32000, "tie_word_embeddings": False,
                "max_position_embeddings": 2048, "attention_bias": False, "mlp_bias": False,
            },
            "vision_config": {
                "model_type": "clip_vision_model", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 336, "num_channels": 3, "projection_dim": 768,
            },
        },
    ),
)
# fmt: on
