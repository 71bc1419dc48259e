//! The only place that sees private keys.
