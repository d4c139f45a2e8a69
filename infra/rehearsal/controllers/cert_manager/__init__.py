"""cert-manager, played: issuers, certificates, and ACME's DNS-01 in the simulated clouds' zones.

Sources of all words, names, labels, conditions and rules in this folder: cert-manager v1.21.2,
pkg/controller/{issuers,certificates,certificaterequests,acmeorders,acmechallenges},
pkg/issuer/acme and internal/controller/certificates/policies, read 2026-11-27; what it says in the
end was compared with a real v1.21.2 (`tests/real/cert_manager`).
"""
