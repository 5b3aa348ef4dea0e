"""GraphQL only: types, inputs, one-sentence resolvers. Rules live in models and actions, questions in reads."""
