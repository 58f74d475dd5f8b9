"""The pictures of the README and the guides: which ones, and how they are taken."""
