export { analyseTaskSignatures } from './analyse-signatures.ts';
export type { ImportResult } from './import/run-import.ts';
export { importResources } from './import-resources.ts';
export type { TaskSignature } from './signatures/signature.ts';
