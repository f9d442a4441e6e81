"""The guided walk of whole deals, with series made up for it."""
