//! The only place where all parts meet: configuration, clock, random numbers, database, vault.
