"""Bounds of the histograms in which latencies are counted.

Owns where a promise about latency can be: a share below a threshold is only known at a bound.
vLLM 0.32.0's were read from a running server, 2026-11-20.
"""

TTFT_MILLISECONDS = (100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000, 20_000)
"""Of `vllm:time_to_first_token_seconds`, those that a promise may have."""
ITL_MILLISECONDS = (10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000)
"""Of `vllm:inter_token_latency_seconds`, those that a promise may have."""
