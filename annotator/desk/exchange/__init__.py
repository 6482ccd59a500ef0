"""What comes in and what goes out: mapping to the taxonomies, keeping, and writing files."""
