//! The transparency log as formats and arithmetic (pure): C2SP note, checkpoint, tile, tree, proof, policy.
