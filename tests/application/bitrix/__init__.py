"""Tests of the door to Bitrix24 on a real sandbox."""
