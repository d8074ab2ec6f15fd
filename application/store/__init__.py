"""Every SQL statement, beside the function that runs it."""
