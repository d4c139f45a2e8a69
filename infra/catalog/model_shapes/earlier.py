"""Models of 2022 to 2024 that people still serve.

Owns the figures and their sources. A row holds words side by side: one a line would be too long
to read.
"""

from infra.catalog.model_shapes.shape import at, litgpt, shape, transformers

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
            "vocab_size": 50272, "max_position_embeddings": 2048, "tie_word_embeddings": True,
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
            "vocab_size": 50272, "max_position_embeddings": 2048, "tie_word_embeddings": True,
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
            "vocab_size": 50272, "max_position_embeddings": 2048, "tie_word_embeddings": True,
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
            "vocab_size": 50272, "max_position_embeddings": 2048, "tie_word_embeddings": True,
        },
    ),
    shape(
        "EleutherAI/pythia-70m",
        litgpt("pythia-70m"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 512,
            "num_hidden_layers": 6, "num_attention_heads": 8, "intermediate_size": 2048,
            "vocab_size": 50304, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-70m-deduped",
    ),
    shape(
        "EleutherAI/pythia-160m",
        litgpt("pythia-160m"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 768,
            "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
            "vocab_size": 50304, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-160m-deduped",
    ),
    shape(
        "EleutherAI/pythia-410m",
        litgpt("pythia-410m"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 1024,
            "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
            "vocab_size": 50304, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-410m-deduped",
    ),
    shape(
        "EleutherAI/pythia-1b",
        litgpt("pythia-1b"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 2048,
            "num_hidden_layers": 16, "num_attention_heads": 8, "intermediate_size": 8192,
            "vocab_size": 50304, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-1b-deduped",
    ),
    shape(
        "EleutherAI/pythia-1.4b",
        litgpt("pythia-1.4b"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 2048,
            "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 8192,
            "vocab_size": 50304, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-1.4b-deduped",
    ),
    shape(
        "EleutherAI/pythia-2.8b",
        litgpt("pythia-2.8b"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 2560,
            "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 10240,
            "vocab_size": 50304, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-2.8b-deduped",
    ),
    shape(
        "EleutherAI/pythia-6.9b",
        litgpt("pythia-6.9b"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 16384,
            "vocab_size": 50432, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-6.9b-deduped",
    ),
    shape(
        "EleutherAI/pythia-12b",
        litgpt("pythia-12b"),
        {
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 5120,
            "num_hidden_layers": 36, "num_attention_heads": 40, "intermediate_size": 20480,
            "vocab_size": 50688, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        },
        "EleutherAI/pythia-12b-deduped",
    ),
    shape(
        "tiiuae/falcon-7b",
        transformers("FalconConfig"),
        {
            "architectures": ["FalconForCausalLM"], "model_type": "falcon", "hidden_size": 4544,
            "num_hidden_layers": 32, "num_attention_heads": 71, "ffn_hidden_size": 18176,
            "vocab_size": 65024, "tie_word_embeddings": True, "max_position_embeddings": 2048,
            "bias": False, "multi_query": True, "new_decoder_architecture": False,
            "num_kv_heads": 71, "parallel_attn": True, "alibi": False,
        },
        "tiiuae/falcon-7b-instruct",
    ),
    shape(
        "tiiuae/falcon-40b",
        litgpt("falcon-40b"),
        {
            "architectures": ["FalconForCausalLM"], "model_type": "falcon", "hidden_size": 8192,
            "num_hidden_layers": 60, "num_attention_heads": 128, "vocab_size": 65024,
            "tie_word_embeddings": True, "max_position_embeddings": 2048, "num_kv_heads": 8,
            "multi_query": True, "new_decoder_architecture": True, "parallel_attn": True,
            "bias": False, "ffn_hidden_size": 32768,
        },
        "tiiuae/falcon-40b-instruct",
    ),
)
# fmt: on
