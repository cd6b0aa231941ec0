"""Random numbers that can be drawn again."""
