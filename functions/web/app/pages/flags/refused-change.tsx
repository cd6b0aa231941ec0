import { Link } from '@tanstack/react-router';
import { ApiError } from '../../data/api-error.ts';
import { useGroup } from '../../data/use-group.ts';
import { ErrorNote } from '../../ui/page.tsx';

/** The request that a change became, where a policy wants the approval of others. */
export function changeRequestOf(error: unknown): number | undefined {
  if (!(error instanceof ApiError) || error.code !== 'approval_required') return undefined;
  const id = error.answer.change_request_id;
  return typeof id === 'number' ? id : undefined;
}

/** What went wrong with a change of a flag: often that others must approve it first. */
export function RefusedChange({ error }: { readonly error: unknown }) {
  const group = useGroup();
  const request = changeRequestOf(error);
  if (request === undefined) return <ErrorNote error={error} />;
  return (
    <div role="status" className="error-note">
      <p>
        <strong>This change waits for approval.</strong>
      </p>
      <p>
        A policy of the group asks others before a flag changes. Nothing has changed yet:{' '}
        <Link to="/$group/change-requests/$request" params={{ group, request: String(request) }}>
          change request {request}
        </Link>{' '}
        was made, and is done as soon as enough people have approved it.
      </p>
    </div>
  );
}
