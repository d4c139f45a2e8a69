"""Envoy Gateway, played: statuses as the real controller v1.9.1 writes them, and its proxies.

Statuses and words are those of a real controller, seen on a rehearsal's API server on 2026-11-27
with objects like ours; where it was not asked, envoyproxy/gateway v1.9.1 was read
(internal/gatewayapi, internal/infrastructure/kubernetes/proxy).
"""
