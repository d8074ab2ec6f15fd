"""The state of the stand-in Bitrix24: portals, their records, applications, tokens."""
