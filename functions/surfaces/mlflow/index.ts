export { mlflowDialect } from './dialect.ts';
export { graphqlError, HEADERS, wireError } from './errors.ts';
export { toJson } from './json.ts';
export {
  isDocument,
  mlflowDocumented,
  mlflowRoutes,
  mlflowTags,
  partOf,
  rowsOf,
} from './parts.ts';
