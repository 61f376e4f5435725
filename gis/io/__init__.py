"""Read inputs and read and write plan files; nothing else in `gis` touches a disk."""
