"""The fault bench: stories lived over HTTP while plugs are pulled, and the count of what was lost or done twice."""
