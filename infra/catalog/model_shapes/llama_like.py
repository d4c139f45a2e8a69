"""Models of others with Llama's layers: dense, grouped queries.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, litgpt, mlc, shape, transformers

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
    shape(
        "01-ai/Yi-1.5-6B",
        at(
            "huggingface/candle@2a13b0f candle-transformers/src/models/yi.rs, config_6b; "
            "tie_word_embeddings: Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/yi15",
            "2026-08-14",
        ),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 4,
            "intermediate_size": 11008, "vocab_size": 64000, "tie_word_embeddings": False,
            "max_position_embeddings": 4096,
        },
        "01-ai/Yi-1.5-6B-Chat", "01-ai/Yi-6B", "01-ai/Yi-6B-Chat",
    ),
    shape(
        "01-ai/Yi-1.5-9B",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/yi15/pretrain_yi15_9b_ptd.sh (its own "
            "words, translated); vocabulary: huggingface/candle@2a13b0f "
            "candle-transformers/src/models/yi.rs",
            "2025-04-30",
        ),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
            "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4,
            "intermediate_size": 11008, "vocab_size": 64000, "tie_word_embeddings": False,
            "max_position_embeddings": 4096,
        },
        "01-ai/Yi-1.5-9B-Chat", "01-ai/Yi-9B",
    ),
    shape(
        "01-ai/Yi-1.5-34B",
        at(
            "huggingface/candle@2a13b0f candle-transformers/src/models/yi.rs, config_34b; "
            "tie_word_embeddings: Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/yi15",
            "2026-08-14",
        ),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 7168,
            "num_hidden_layers": 60, "num_attention_heads": 56, "num_key_value_heads": 8,
            "intermediate_size": 20480, "vocab_size": 64000, "tie_word_embeddings": False,
            "max_position_embeddings": 4096,
        },
        "01-ai/Yi-1.5-34B-Chat", "01-ai/Yi-34B", "01-ai/Yi-34B-Chat",
    ),
    shape(
        "internlm/internlm2_5-7b-chat",
        mlc("internlm2_5_7b"),
        {
            "architectures": ["InternLM2ForCausalLM"], "model_type": "internlm2",
            "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
            "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 92544,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 32768, "bias": False,
        },
        "internlm/internlm2_5-7b", "internlm/internlm2-chat-7b", "internlm/internlm2-7b",
    ),
    shape(
        "internlm/internlm2_5-20b-chat",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 "
            "examples/mcore/internlm2/pretrain_internlm2_20b_32k_16p_ptd.sh (its own words, "
            "translated)",
            "2025-04-30",
        ),
        {
            "architectures": ["InternLM2ForCausalLM"], "model_type": "internlm2",
            "hidden_size": 6144, "num_hidden_layers": 48, "num_attention_heads": 48,
            "num_key_value_heads": 8, "intermediate_size": 16384, "vocab_size": 92544,
            "tie_word_embeddings": False, "max_position_embeddings": 32768,
        },
        "internlm/internlm2_5-20b", "internlm/internlm2-chat-20b", "internlm/internlm2-20b",
    ),
    shape(
        "internlm/internlm3-8b-instruct",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 "
            "examples/mcore/internlm3/pretrain_internlm3_8b_8k_ptd.sh (its own words, translated)",
            "2025-04-30",
        ),
        {
            "architectures": ["InternLM3ForCausalLM"], "model_type": "internlm3",
            "hidden_size": 4096, "num_hidden_layers": 48, "num_attention_heads": 32,
            "num_key_value_heads": 2, "intermediate_size": 10240, "vocab_size": 128512,
            "tie_word_embeddings": False, "max_position_embeddings": 32768,
        },
    ),
    shape(
        "ByteDance-Seed/Seed-OSS-36B-Instruct",
        at(
            "Ascend/MindSpeed-LLM@c77308a1 "
            "examples/mcore/seed_oss/generate_seed_oss_36b_ptd_A3.sh (its own words, translated);"
            " context: vllm-project/recipes@8959cf6 "
            "models/ByteDance-Seed/Seed-OSS-36B-Instruct.yaml",
            "2026-08-21",
        ),
        {
            "architectures": ["SeedOssForCausalLM"], "model_type": "seed_oss", "hidden_size": 5120,
            "num_hidden_layers": 64, "num_attention_heads": 80, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 27648, "vocab_size": 155136,
            "tie_word_embeddings": False, "max_position_embeddings": 524288, "attention_bias": True,
        },
        "ByteDance-Seed/Seed-OSS-36B-Base",
    ),
    shape(
        "ibm-granite/granite-3.3-2b-instruct",
        at(
            "ibm-granite/granite-3.3-2b-instruct config.json, as a test of a Rust server on "
            "GitHub quotes it (GRANITE_3_JSON)",
            "2026-11-26",
        ),
        {
            "architectures": ["GraniteForCausalLM"], "model_type": "granite", "hidden_size": 2048,
            "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 8192, "vocab_size": 49159, "tie_word_embeddings": True,
            "max_position_embeddings": 131072,
        },
        "ibm-granite/granite-3.3-2b-base",
    ),
    shape(
        "deepseek-ai/deepseek-coder-1.3b-instruct",
        at(
            "config that a training log of verl on GitHub prints of the loaded "
            "deepseek-ai/deepseek-coder-1.3b-instruct (2025-04)",
            "2026-11-26",
        ),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
            "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16,
            "head_dim": 128, "intermediate_size": 5504, "vocab_size": 32256,
            "tie_word_embeddings": False, "max_position_embeddings": 16384,
            "torch_dtype": "bfloat16", "attention_bias": False,
        },
        "deepseek-ai/deepseek-coder-1.3b-base",
    ),
    shape(
        "HuggingFaceTB/SmolLM2-135M",
        mlc("smollm2_135m"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 576,
            "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3,
            "intermediate_size": 1536, "vocab_size": 49152, "tie_word_embeddings": True,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "mlp_bias": False,
        },
        "HuggingFaceTB/SmolLM2-135M-Instruct",
    ),
    shape(
        "HuggingFaceTB/SmolLM2-360M",
        mlc("smollm2_360m"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 960,
            "num_hidden_layers": 32, "num_attention_heads": 15, "num_key_value_heads": 5,
            "intermediate_size": 2560, "vocab_size": 49152, "tie_word_embeddings": True,
            "torch_dtype": "bfloat16", "max_position_embeddings": 8192, "attention_bias": False,
            "mlp_bias": False,
        },
        "HuggingFaceTB/SmolLM2-360M-Instruct",
    ),
    shape(
        "HuggingFaceTB/SmolLM3-3B",
        transformers("SmolLM3Config"),
        {
            "architectures": ["SmolLM3ForCausalLM"], "model_type": "smollm3", "hidden_size": 2048,
            "num_hidden_layers": 36, "num_attention_heads": 16, "num_key_value_heads": 4,
            "intermediate_size": 11008, "vocab_size": 128256, "tie_word_embeddings": True,
            "max_position_embeddings": 32768, "attention_bias": False, "mlp_bias": False,
            "layer_types": ["full_attention"] * 36, "sliding_window": None,
            "use_sliding_window": False, "no_rope_layers": ([1] * 3 + [0]) * 9,
        },
        "HuggingFaceTB/SmolLM3-3B-Base",
    ),
    shape(
        "HuggingFaceTB/SmolLM2-1.7B",
        litgpt("SmolLM2-1.7B"),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
            "num_hidden_layers": 24, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 8192, "vocab_size": 49152, "tie_word_embeddings": True,
            "max_position_embeddings": 8192,
        },
        "HuggingFaceTB/SmolLM2-1.7B-Instruct",
    ),
    shape(
        "facebook/cwm",
        transformers("CwmConfig"),
        {
            "architectures": ["CwmForCausalLM"], "model_type": "cwm", "hidden_size": 6144,
            "num_hidden_layers": 64, "num_attention_heads": 48, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 21504, "vocab_size": 128256,
            "tie_word_embeddings": False, "max_position_embeddings": 131072, "mlp_bias": False,
            "layer_types": (["full_attention"] + ["sliding_attention"] * 3) * 16,
            "sliding_window": 8192,
        },
    ),
    shape(
        "deepseek-ai/deepseek-coder-6.7b-instruct",
        at(
            "ggml-org/llama.cpp#5688 and continuedev/continue#936 (what llama.cpp prints of its "
            "files: 291 tensors, so heads share no keys, and head and embedding are two); "
            "vocabulary: deepseek-coder-1.3b-instruct",
            "2024-03-06",
        ),
        {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 11008, "vocab_size": 32256, "tie_word_embeddings": False,
            "max_position_embeddings": 16384,
        },
        "deepseek-ai/deepseek-coder-6.7b-base",
    ),
)
# fmt: on
