"""The vendor's side: authorization server and queue server."""
