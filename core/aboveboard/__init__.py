"""Policy as code for sales AI."""
