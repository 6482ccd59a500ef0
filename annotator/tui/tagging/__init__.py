"""The tagging screen: a report beside the form of a taxonomy."""
