"""The marketplace and the ground floor: who trades, what is listed, and the proof of every step."""
