import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { isProject, isUnsettled, mayCancel } from './job-state.ts';
import type { Job } from './job-types.ts';
import { jobRouteApi } from './route-apis.ts';
import { useJobActions } from './use-job-actions.ts';

/** What can be done with a job; a button that does nothing now says why. */
export function JobButtons({ job }: { readonly job: Job }) {
  const group = useGroup();
  const navigate = jobRouteApi.useNavigate();
  const [asked, setAsked] = useState<'cancel' | 'delete'>();
  const actions = useJobActions((action) => {
    setAsked(undefined);
    if (action === 'delete') void navigate({ to: '/$group/jobs', params: { group }, search: {} });
  });
  const ids = [job.id];
  return (
    <>
      {isUnsettled(job.status) && (
        <Button
          disabled={!mayCancel(job)}
          title={mayCancel(job) ? undefined : 'It is being cancelled already.'}
          onClick={() => setAsked('cancel')}
        >
          Cancel
        </Button>
      )}
      {job.status === 'failed' && (
        <Button
          busy={actions.isPending}
          title="Queues it again with the same values; its log goes on"
          onClick={() => actions.mutate({ action: 'retry', ids })}
        >
          Retry
        </Button>
      )}
      <RunAgain job={job} />
      <Button kind="danger" onClick={() => setAsked('delete')}>
        Delete
      </Button>
      <Confirm
        open={asked === 'cancel'}
        title={`Cancel job ${job.id}?`}
        action="Cancel the job"
        danger
        busy={actions.isPending}
        onClose={() => setAsked(undefined)}
        onConfirm={() => actions.mutate({ action: 'cancel', ids })}
      >
        <p>
          {job.status === 'started'
            ? 'Its worker stops it within some seconds; what it has not stored is lost.'
            : 'It never starts.'}{' '}
          A cancelled job can be retried.
        </p>
      </Confirm>
      <Confirm
        open={asked === 'delete'}
        title={`Delete job ${job.id}?`}
        action="Delete the job"
        danger
        busy={actions.isPending}
        onClose={() => setAsked(undefined)}
        onConfirm={() => actions.mutate({ action: 'delete', ids })}
      >
        <p>
          It leaves all lists, with its log. This cannot be undone. Its artifacts and its tracking
          run stay.
          {isUnsettled(job.status) && ' It has not ended yet: it will be stopped.'}
        </p>
      </Confirm>
    </>
  );
}

function RunAgain({ job }: { readonly job: Job }) {
  const group = useGroup();
  if (isProject(job)) {
    return (
      <Link
        to="/$group/jobs/$job"
        params={{ group, job: String(job.id) }}
        search={{ tab: 'inputs' }}
        className={buttonClass()}
        title="The command that sends its archive again"
      >
        Run again …
      </Link>
    );
  }
  return (
    <Link
      to="/$group/jobs/new"
      params={{ group }}
      search={{ experiment: job.experiment.id, entrypoint: job.entrypoint.id, like: job.id }}
      className={buttonClass()}
    >
      Run again …
    </Link>
  );
}
