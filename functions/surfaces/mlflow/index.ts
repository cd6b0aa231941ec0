export { mlflowDialect } from './dialect.ts';
export { HEADERS, wireError } from './errors.ts';
export { graphqlError } from './graphql/routes.ts';
export { toJson } from './json.ts';
