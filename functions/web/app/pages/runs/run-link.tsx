import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Name } from '../../ui/text.tsx';
import { nameOf, type Run } from './run-data.ts';

/** A run by its name. */
export function RunLink({ run }: { readonly run: Run }) {
  const group = useGroup();
  return (
    <Link to="/$group/runs/$run" params={{ group, run: run.info.run_id }} search={{}}>
      <Name>{nameOf(run)}</Name>
    </Link>
  );
}
