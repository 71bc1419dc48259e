//! PDF: reading signatures and revisions, stamping by incremental update (pure).
