import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { withoutUnset } from '../../data/search-params.ts';
import { buttonClass } from '../../ui/button.tsx';

interface RunLinkProps {
  readonly group: number;
  readonly entrypoint: number;
  /** The experiment that it is to be a job of, where that is known. */
  readonly experiment?: number | undefined;
  /** Looks like a button. */
  readonly button?: boolean;
  readonly children: ReactNode;
}

/** To the form that submits a job of an entrypoint. */
export const RunLink = ({
  group,
  entrypoint,
  experiment,
  button = false,
  children,
}: RunLinkProps) => (
  <Link
    to="/$group/jobs/new"
    params={{ group }}
    search={withoutUnset({ entrypoint, experiment })}
    className={button ? buttonClass('primary') : undefined}
  >
    {children}
  </Link>
);
