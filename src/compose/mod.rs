//! Template + data + fonts -> unsealed PDF/A (pure).
