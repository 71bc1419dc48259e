//! The verifier (pure): coverage + signature + trust + ledger proof -> verdict and report.
