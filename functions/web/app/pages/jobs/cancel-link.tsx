import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { buttonClass } from '../../ui/button.tsx';
import type { Job } from './job-types.ts';

/** Back to where the form was opened. */
export function CancelLink({ like }: { readonly like: Job | undefined }) {
  const group = useGroup();
  return like === undefined ? (
    <Link to="/$group/jobs" params={{ group }} className={buttonClass()}>
      Cancel
    </Link>
  ) : (
    <Link to="/$group/jobs/$job" params={{ group, job: String(like.id) }} className={buttonClass()}>
      Cancel
    </Link>
  );
}
