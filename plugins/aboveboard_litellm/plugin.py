"""The hooks. They are loaded with every gate: what is heavy is imported where it is used."""
