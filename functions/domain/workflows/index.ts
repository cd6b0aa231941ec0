export { analyseTaskSignatures } from './analyse-signatures.ts';
export type { TaskSignature } from './signatures/signature.ts';
