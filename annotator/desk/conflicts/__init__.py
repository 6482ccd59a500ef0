"""What is in conflict: which places, what that keeps from happening, and deciding what stands."""
