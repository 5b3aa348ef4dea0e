"""HTTP only: routes, sign-in, files, pages. Everything they ask or do goes through the schema or an action."""
