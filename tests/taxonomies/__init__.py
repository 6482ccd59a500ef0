"""The taxonomies that ship with the program."""
