"""What the project's own checks are made of. Not part of the distribution."""
