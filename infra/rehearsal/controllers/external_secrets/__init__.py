"""External Secrets Operator, played: secrets between the cluster and the cloud's secret manager.

Sources of all words, labels, conditions and rules in this folder: external-secrets/external-secrets
@cc5bfbc (v2.9.0, 2026-08-08), pkg/controllers/{secretstore,externalsecret,pushsecret,common},
providers/v1/{aws/secretsmanager,gcp/secretmanager}, generators/v1/password, read 2026-11-27. The
pinned 2.13.0 was not to be had.
"""
