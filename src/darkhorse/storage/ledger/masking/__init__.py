"""Takes keys, secrets and what names a person out of text. docs/masking.md says how well."""
