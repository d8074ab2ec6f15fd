"""The one door to Bitrix24: bytes out, values or our errors in."""
