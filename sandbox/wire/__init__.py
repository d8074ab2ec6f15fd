"""How Bitrix24 puts things on the wire: PHP's arrays, TLS and names of this machine."""
