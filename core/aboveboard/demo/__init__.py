"""A sales pipeline on sample leads: what `aboveboard demo` runs, and what users copy.

`pipeline` is the code to copy, `crm` stands where a vendor's client would, `run` records what the
policies said.
"""
