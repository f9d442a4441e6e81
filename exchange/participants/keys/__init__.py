"""The keys with which organisations and the exchange sign, and the authority that certifies them."""
