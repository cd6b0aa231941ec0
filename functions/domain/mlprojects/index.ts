export { formatArguments } from './arguments.ts';
export { type NewWorkflowJob, submitWorkflow } from './submit-workflow.ts';
export type { WorkflowUpload } from './uploads.items.ts';
export { startWorkflowUpload, sweepUploads } from './uploads.ts';
export { workflowArchive, workflowPlugins } from './workflow-files.ts';
