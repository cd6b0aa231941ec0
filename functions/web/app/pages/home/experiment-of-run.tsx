import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Name } from '../../ui/text.tsx';
import type { Run } from '../runs/run-data.ts';

export interface RunsProps {
  /** Of the experiments that runs are looked for in. */
  readonly ids: readonly string[];
  /** By their ids. */
  readonly names: ReadonlyMap<string, string>;
}

export function ExperimentOfRun({ run, names }: { run: Run; names: RunsProps['names'] }) {
  const group = useGroup();
  const id = run.info.experiment_id;
  return (
    <Link to="/$group/experiments/$experiment" params={{ group, experiment: id }}>
      <Name>{names.get(id) ?? id}</Name>
    </Link>
  );
}
