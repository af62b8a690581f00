"""Text of the pipeline's forms into nouns, one module a subject, as in pipeline/views."""
