"""The desk in a terminal: screens, dialogs and widgets over the desk."""
