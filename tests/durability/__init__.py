"""The whole relay, killed and unplugged under load: nothing a client was given may be missing."""
