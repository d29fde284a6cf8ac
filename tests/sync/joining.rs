//! What comes of two clones that both went on.
