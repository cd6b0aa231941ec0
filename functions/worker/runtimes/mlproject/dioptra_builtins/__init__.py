"""Task plugins that every MLproject of a workflow job can import."""
