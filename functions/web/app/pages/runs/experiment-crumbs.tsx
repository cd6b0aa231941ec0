import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Name } from '../../ui/text.tsx';
import { experimentQuery } from './run-data.ts';

/** The way down to what runs belong to, as far as it is one experiment. */
export function ExperimentCrumbs({ experiment }: { readonly experiment: string | undefined }) {
  const group = useGroup();
  return (
    <>
      <Link to="/$group/experiments" params={{ group }}>
        Experiments
      </Link>
      {experiment !== undefined && (
        <>
          {' › '}
          <ExperimentLink experiment={experiment} />
        </>
      )}
    </>
  );
}

function ExperimentLink({ experiment }: { readonly experiment: string }) {
  const group = useGroup();
  const { data } = useQuery(experimentQuery(experiment));
  return (
    <Link to="/$group/experiments/$experiment" params={{ group, experiment }}>
      <Name>{data?.name ?? `Experiment ${experiment}`}</Name>
    </Link>
  );
}
