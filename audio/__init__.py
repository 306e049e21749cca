"""Samples to words: files, VAD, quality, near and far, recognition."""

import os

# onnxruntime would gather figures of its use for its maker; a booth tells nobody anything.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
