"""Models with a vision tower whose text part is another family's.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, shape

# fmt: off
SHAPES = (
    shape(
        "llava-hf/llava-1.5-7b-hf",
        at(
            "transformers 5.24.0 (PyPI wheel), LlavaConfig(); vocabulary and context: "
            "mlc-ai/mlc-llm@79d603f0 python/mlc_llm/model/model_preset.py, llava",
            "2026-11-26",
        ),
        {
            "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
            "tie_word_embeddings": False, "multimodal_projector_bias": True,
            "text_config": {
                "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
                "num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": 128,
                "intermediate_size": 11008, "vocab_size": 32064, "tie_word_embeddings": False,
                "max_position_embeddings": 4096, "attention_bias": False, "mlp_bias": False,
            },
            "vision_config": {
                "model_type": "clip_vision_model", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 336, "num_channels": 3, "projection_dim": 768,
            },
        },
    ),
    shape(
        "OpenGVLab/InternVL3-1B",
        at(
            "OpenGVLab/InternVL3-1B config.json, as trained copies of it on GitHub hold it; "
            "tower: InternLM/xtuner@b934f462 xtuner/v1/model/compose/internvl/internvl_config.py",
            "2026-11-26",
        ),
        {
            "architectures": ["InternVLChatModel"], "model_type": "internvl_chat",
            "tie_word_embeddings": False, "torch_dtype": "bfloat16", "downsample_ratio": 0.5,
            "llm_config": {
                "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 896,
                "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
                "intermediate_size": 4864, "vocab_size": 151674, "max_position_embeddings": 32768,
            },
            "vision_config": {
                "model_type": "intern_vit_6b", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 448,
            },
        },
    ),
    shape(
        "OpenGVLab/InternVL3-2B",
        at(
            "its language part as a test of a TensorRT converter of NVIDIA on GitHub quotes it "
            "(inner size: Qwen2.5-1.5B); tower: InternLM/xtuner@b934f462 "
            "xtuner/v1/model/compose/internvl/internvl_config.py",
            "2026-11-26",
        ),
        {
            "architectures": ["InternVLChatModel"], "model_type": "internvl_chat",
            "tie_word_embeddings": False, "torch_dtype": "bfloat16", "downsample_ratio": 0.5,
            "llm_config": {
                "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 1536,
                "num_hidden_layers": 28, "num_attention_heads": 12, "num_key_value_heads": 2,
                "intermediate_size": 8960, "vocab_size": 151674, "max_position_embeddings": 32768,
            },
            "vision_config": {
                "model_type": "intern_vit_6b", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 448,
            },
        },
    ),
    shape(
        "OpenGVLab/InternVL2_5-4B",
        at(
            "OpenGVLab/InternVL2_5-4B config.json, as a test of a model built on it quotes it on "
            "GitHub",
            "2026-11-26",
        ),
        {
            "architectures": ["InternVLChatModel"], "model_type": "internvl_chat",
            "tie_word_embeddings": False, "torch_dtype": "bfloat16", "downsample_ratio": 0.5,
            "llm_config": {
                "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 2048,
                "num_hidden_layers": 36, "num_attention_heads": 16, "num_key_value_heads": 2,
                "intermediate_size": 11008, "vocab_size": 151674, "max_position_embeddings": 32768,
            },
            "vision_config": {
                "model_type": "intern_vit_6b", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 448,
            },
        },
    ),
    shape(
        "OpenGVLab/InternVL3-78B",
        at(
            "a table of models on GitHub that names huggingface.co/OpenGVLab/InternVL3-78B as its"
            " source; tower: InternLM/xtuner@b934f462 "
            "xtuner/v1/model/compose/intern_s1/intern_s1_config.py, InternS1Config",
            "2026-11-26",
        ),
        {
            "architectures": ["InternVLChatModel"], "model_type": "internvl_chat",
            "tie_word_embeddings": False, "torch_dtype": "bfloat16", "downsample_ratio": 0.5,
            "llm_config": {
                "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 8192,
                "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
                "intermediate_size": 29568, "vocab_size": 151674, "max_position_embeddings": 32768,
            },
            "vision_config": {
                "model_type": "intern_vit_6b", "hidden_size": 3200, "num_hidden_layers": 45,
                "intermediate_size": 12800, "num_attention_heads": 25, "patch_size": 14,
                "image_size": 448,
            },
        },
    ),
    shape(
        "OpenGVLab/InternVL3_5-8B",
        at(
            "InternLM/xtuner@b934f462 xtuner/v1/model/compose/internvl/internvl_config.py (its "
            "own words, translated)",
            "2026-08-21",
        ),
        {
            "architectures": ["InternVLChatModel"], "model_type": "internvl_chat",
            "tie_word_embeddings": False, "torch_dtype": "bfloat16", "downsample_ratio": 0.5,
            "llm_config": {
                "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 4096,
                "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
                "head_dim": 128, "intermediate_size": 12288, "vocab_size": 151936,
                "max_position_embeddings": 40960,
            },
            "vision_config": {
                "model_type": "intern_vit_6b", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 448,
            },
        },
    ),
    shape(
        "OpenGVLab/InternVL3_5-30B-A3B",
        at(
            "InternLM/xtuner@b934f462 xtuner/v1/model/compose/internvl/internvl_config.py (its "
            "own words, translated)",
            "2026-08-21",
        ),
        {
            "architectures": ["InternVLChatModel"], "model_type": "internvl_chat",
            "tie_word_embeddings": False, "torch_dtype": "bfloat16", "downsample_ratio": 0.5,
            "llm_config": {
                "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe",
                "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32,
                "num_key_value_heads": 4, "head_dim": 128, "num_experts": 128,
                "num_experts_per_tok": 8, "moe_intermediate_size": 768, "intermediate_size": 6144,
                "vocab_size": 151936, "max_position_embeddings": 40960,
            },
            "vision_config": {
                "model_type": "intern_vit_6b", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 448,
            },
        },
    ),
    shape(
        "llava-hf/llava-1.5-13b-hf",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/vlm, Llava15Config13B (Llama-2-13B with the "
            "tower of llava-1.5-7b-hf)",
            "2025-09-20",
        ),
        {
            "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
            "tie_word_embeddings": False, "multimodal_projector_bias": True,
            "text_config": {
                "model_type": "llama", "hidden_size": 5120, "num_hidden_layers": 40,
                "num_attention_heads": 40, "num_key_value_heads": 40, "head_dim": 128,
                "intermediate_size": 13824, "vocab_size": 32064, "tie_word_embeddings": False,
                "max_position_embeddings": 4096, "attention_bias": False, "mlp_bias": False,
            },
            "vision_config": {
                "model_type": "clip_vision_model", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 336, "num_channels": 3, "projection_dim": 768,
            },
        },
    ),
    shape(
        "llava-hf/llava-v1.6-mistral-7b-hf",
        at(
            "Lightning-AI/litgpt@26857050 litgpt/config.py, Mistral-7B-Instruct-v0.2 (its "
            "language part) with the tower of llava-1.5-7b-hf: transformers 5.24.0 (PyPI wheel), "
            "LlavaNextConfig()",
            "2026-11-26",
        ),
        {
            "architectures": ["LlavaNextForConditionalGeneration"], "model_type": "llava_next",
            "tie_word_embeddings": False, "multimodal_projector_bias": True,
            "text_config": {
                "model_type": "mistral", "hidden_size": 4096, "num_hidden_layers": 32,
                "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 14336, "vocab_size": 32064, "tie_word_embeddings": False,
                "max_position_embeddings": 32768,
            },
            "vision_config": {
                "model_type": "clip_vision_model", "hidden_size": 1024, "num_hidden_layers": 24,
                "intermediate_size": 4096, "num_attention_heads": 16, "patch_size": 14,
                "image_size": 336, "num_channels": 3, "projection_dim": 768,
            },
        },
        "liuhaotian/llava-v1.6-mistral-7b",
    ),
)
# fmt: on
