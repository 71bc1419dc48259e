//! CMS signed data as PAdES wants it (pure).
