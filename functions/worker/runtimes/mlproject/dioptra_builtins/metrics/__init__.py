"""Numbers that tell how well predictions fit, and how far arrays are apart."""
