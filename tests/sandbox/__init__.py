"""The stand-in Bitrix24, held against what is known of the real one."""
