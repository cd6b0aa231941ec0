import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Name } from '../../ui/text.tsx';
import { idOf, nameOf, type Run } from './run-data.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

const named = (run: Named | Run): Named =>
  'info' in run ? { id: idOf(run), name: nameOf(run) } : run;

/** A run by its name; as the API tells of it, or as charts see it. */
export function RunLink({ run }: { readonly run: Named | Run }) {
  const group = useGroup();
  const { id, name } = named(run);
  return (
    <Link to="/$group/runs/$run" params={{ group, run: id }} search={{}}>
      <Name>{name}</Name>
    </Link>
  );
}
