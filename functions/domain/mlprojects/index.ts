export { formatArguments, MAX_ARGUMENTS } from './arguments.ts';
export { submitWorkflow } from './submit-later.ts';
export type { NewWorkflowJob } from './submit-workflow.ts';
export type { WorkflowUpload } from './uploads.items.ts';
export { startWorkflowUpload, sweepUploads } from './uploads.ts';
export { workflowArchive, workflowPlugins } from './workflow-files.ts';
