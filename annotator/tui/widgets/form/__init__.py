"""The form: its pure state, its lines, and the widget that draws and fills it in."""
