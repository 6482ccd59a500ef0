"""The file as a file: open, copied, put back, written beside, and what of SQLite and disks there is to know."""
