import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Name } from '../../ui/text.tsx';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** A run by its name. */
export function RunLink({ run: { id, name } }: { readonly run: Named }) {
  const group = useGroup();
  return (
    <Link to="/$group/runs/$run" params={{ group, run: id }} search={{}}>
      <Name>{name}</Name>
    </Link>
  );
}
