"""One module for each independent reader of the exports; each has `check` and `check_broken`."""
