"""Files of a run: uploading, downloading, packing."""
