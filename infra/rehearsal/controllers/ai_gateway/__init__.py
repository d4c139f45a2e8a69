"""The AI gateway, played: the routes that it makes of its own, and the filter beside each proxy.

After envoyproxy/ai-gateway@c217da8 (v1.1.0, 2026-08-21), internal/controller, read 2026-11-27. What
changed until v1.2.1 was not seen but for its notes.
"""
