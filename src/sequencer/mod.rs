//! The only writer of the ledger in a process.
