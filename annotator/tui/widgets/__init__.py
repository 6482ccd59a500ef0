"""Widgets: attributes come down, messages go up; none of them knows the desk."""
