import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { buttonClass } from '../../ui/button.tsx';

interface RunLinkProps {
  readonly group: number;
  readonly entrypoint: number;
  /** Looks like a button. */
  readonly button?: boolean;
  readonly children: ReactNode;
}

/** To the form that submits a job of an entrypoint. */
export const RunLink = ({ group, entrypoint, button = false, children }: RunLinkProps) => (
  <Link
    to="/$group/jobs/new"
    params={{ group }}
    search={{ entrypoint }}
    className={button ? buttonClass('primary') : undefined}
  >
    {children}
  </Link>
);
