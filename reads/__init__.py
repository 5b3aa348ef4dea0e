"""Questions with more than one asker; they change nothing."""
