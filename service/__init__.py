"""What users touch: settings, pipeline, command line, reports."""
