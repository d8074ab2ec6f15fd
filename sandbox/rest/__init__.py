"""The REST door of a portal: credentials, limits, dispatch, batch."""
