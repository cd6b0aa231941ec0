export { analyseTaskSignatures } from './analyse-signatures.ts';
export { type ImportResult, importResources } from './import-resources.ts';
export type { TaskSignature } from './signatures/signature.ts';
