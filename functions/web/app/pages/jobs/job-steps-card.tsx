import { useQuery } from '@tanstack/react-query';
import { Card, ErrorNote, Loading } from '../../ui/page.tsx';
import { StepGraph, type StepState } from '../../ui/step-graph.tsx';
import { entrypointVersionQuery } from './job-queries.ts';
import { isProject } from './job-state.ts';
import { stepStates } from './job-steps.ts';
import type { Job } from './job-types.ts';

interface StepsProps {
  readonly job: Job;
  /** States of steps, as the log told. */
  readonly told: ReadonlyMap<string, StepState>;
}

/** The graph of the entrypoint as it was when the job was submitted, with the step that runs. */
export function JobStepsCard({ job, told }: StepsProps) {
  const { id, snapshotId } = job.entrypoint;
  const query = useQuery(entrypointVersionQuery(id, snapshotId));
  if (isProject(job)) {
    return (
      <Card title="Steps">
        <p className="quiet">
          This job runs an entry point of an MLproject: a command of its own, without steps that are
          known here. Its log says what it does.
        </p>
      </Card>
    );
  }
  return (
    <details className="job-steps card" open>
      <summary>
        <h2>Steps</h2>
      </summary>
      {query.data !== undefined ? (
        <StepGraph yaml={query.data.taskGraph} states={stepStates(told, job.status)} />
      ) : query.isError ? (
        <ErrorNote error={query.error} />
      ) : (
        <Loading />
      )}
    </details>
  );
}
