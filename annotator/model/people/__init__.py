"""Who is who: people by one id, their names, and what is decided about them."""
