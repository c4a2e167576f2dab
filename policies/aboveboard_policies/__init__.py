"""The bundled policies of Aboveboard: Rego packages and their dated reference data.

This package holds no code. It exists so that the policies travel in the same wheel as the engine
that evaluates them and can be found with `importlib.resources.files("aboveboard_policies")`,
wherever and however the distribution is installed. It imports nothing, and nothing of `aboveboard`
in particular: the same directory serves an OPA server that knows no Python.
"""
