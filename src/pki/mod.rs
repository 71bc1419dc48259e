//! Signing certificates, requests, revocation lists, path validation (pure).
