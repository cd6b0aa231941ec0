import { useQuery } from '@tanstack/react-query';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Card } from '../../ui/page.tsx';
import { ChangeTable } from './change-table.tsx';
import type { Flag } from './model.ts';
import { changesQuery } from './queries.ts';

/** Changes of one flag that wait or have waited for approval. */
export function FlagChanges({ flag }: { readonly flag: Flag }) {
  const query = useQuery(changesQuery(useGroup(), { flag: String(flag.id) }));
  return (
    <Card title="Change requests of this flag">
      <Answer query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="quiet">
              None. Where a policy wants approval, a change of this flag becomes a request.
            </p>
          ) : (
            <ChangeTable changes={results} />
          )
        }
      </Answer>
    </Card>
  );
}
