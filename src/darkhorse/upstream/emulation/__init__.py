"""What an engine lacks, made of what it has: tools by a JSON schema, a schema by a grammar."""
