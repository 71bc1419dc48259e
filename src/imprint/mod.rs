//! The imprint of a seal (印模) as vectors: ring, star, text; as PDF form, SVG and PNG (pure).
