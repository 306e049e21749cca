"""Samples to words: files, VAD, quality, near and far, recognition."""
