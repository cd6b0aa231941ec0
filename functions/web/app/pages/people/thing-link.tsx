import { Link } from '@tanstack/react-router';
import { Name } from '../../ui/text.tsx';
import type { Thing } from './audit-record.ts';

interface ThingLinkProps {
  readonly thing: Thing;
  /** The group that it is in; none for what belongs to the deployment. */
  readonly group: number | undefined;
}

/** Something that was changed, with the way to it where there is one. */
export function ThingLink({ thing: { kind, id }, group }: ThingLinkProps) {
  const text = <Name>{`${kind} ${id}`.trim()}</Name>;
  if (group === undefined || id === '') return text;
  switch (kind) {
    case 'experiment':
      return (
        <Link to="/$group/experiments/$experiment" params={{ group, experiment: id }}>
          {text}
        </Link>
      );
    case 'run':
      return (
        <Link to="/$group/runs/$run" params={{ group, run: id }}>
          {text}
        </Link>
      );
    case 'job':
      return (
        <Link to="/$group/jobs/$job" params={{ group, job: id }}>
          {text}
        </Link>
      );
    case 'entrypoint':
      return (
        <Link to="/$group/entrypoints/$entrypoint" params={{ group, entrypoint: id }}>
          {text}
        </Link>
      );
    case 'plugin':
      return (
        <Link to="/$group/plugins/$plugin" params={{ group, plugin: id }}>
          {text}
        </Link>
      );
    case 'A/B test':
      return (
        <Link to="/$group/ab-tests/$test" params={{ group, test: id }}>
          {text}
        </Link>
      );
    case 'feature flag':
      return (
        <Link to="/$group/flags/$flag" params={{ group, flag: id }}>
          {text}
        </Link>
      );
    case 'registered model':
      return (
        <Link to="/$group/models/$model" params={{ group, model: id }}>
          {text}
        </Link>
      );
    case 'queue':
      return (
        <Link to="/$group/queues" params={{ group }}>
          {text}
        </Link>
      );
    case 'group':
    case 'group member':
    case 'member':
      return (
        <Link to="/$group/people" params={{ group }} search={{}}>
          {text}
        </Link>
      );
    case 'invitation':
      return (
        <Link to="/$group/people" params={{ group }} search={{ tab: 'invitations' }}>
          {text}
        </Link>
      );
    case 'service account':
      return (
        <Link to="/$group/people" params={{ group }} search={{ tab: 'accounts' }}>
          {text}
        </Link>
      );
    default:
      return text;
  }
}
