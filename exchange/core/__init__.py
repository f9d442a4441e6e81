"""Ground floor: knows no business; of ours it imports only the settings, to ask which language the terminal speaks."""
