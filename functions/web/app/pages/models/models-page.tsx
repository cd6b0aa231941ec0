import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { count } from '../../data/format.ts';
import { withoutUnset } from '../../data/search-params.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Answer, Page } from '../../ui/page.tsx';
import { isRefused, QueryField } from '../../ui/query-field.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { filterOf } from '../experiments/plain-search.ts';
import { modelsQuery } from './model-data.ts';
import { CreateModel } from './model-dialogs.tsx';
import { ModelList } from './model-list.tsx';
import type { ModelsSearch } from './routes.tsx';

const route = getRouteApi('/signed-in/$group/models');

const EXAMPLES = [
  { query: 'classifier', finds: 'names that contain it' },
  { query: "name LIKE 'digit%'", finds: 'names that begin so' },
  { query: "tags.team = 'vision'", finds: 'models with this tag' },
  { query: 'tags.owner IS NULL', finds: 'models without such a tag' },
] as const;

const ORDERED_BY = {
  name: 'name',
  updated: 'last_updated_timestamp',
  created: 'creation_timestamp',
} as const;
const ORDERS = ['name', 'updated', 'created'] as const;

/** The registered models of the group; prompts, which are kept as such, apart. */
export function ModelsPage() {
  const group = useGroup();
  const { q = '', kind = 'models', order = 'name', descending } = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, setCreating] = useState(false);
  const prompts = kind === 'prompts';
  const orderBy = `${ORDERED_BY[order]} ${descending === 'yes' ? 'DESC' : 'ASC'}`;
  const query = useInfiniteQuery(
    modelsQuery(group, { filter: filterOf(q, 'name'), prompts, orderBy }),
  );
  const set = (change: ModelsSearch): void =>
    void navigate({ search: (old) => withoutUnset({ ...old, ...change }) });
  const models = useMemo(
    () => query.data?.pages.flatMap(({ registered_models: some }) => some ?? []) ?? [],
    [query.data],
  );
  return (
    <Page
      title="Models"
      freshness={<FreshnessOf query={query} />}
      actions={
        <Button kind="primary" onClick={() => setCreating(true)}>
          New model
        </Button>
      }
    >
      <Tabs label="Kinds">
        <Link
          from="/$group/models"
          to="/$group/models"
          params={{ group }}
          search={(old) => ({ ...old, kind: undefined })}
          activeOptions={{ exact: true }}
        >
          Registered models
        </Link>
        <Link
          from="/$group/models"
          to="/$group/models"
          params={{ group }}
          search={(old) => ({ ...old, kind: 'prompts' as const })}
          activeOptions={{ exact: true }}
        >
          Prompts
        </Link>
      </Tabs>
      <div className="row">
        <QueryField
          label={prompts ? 'Search prompts' : 'Search models'}
          placeholder="A name, or a filter such as tags.team = 'vision'"
          value={q}
          error={query.error}
          examples={EXAMPLES}
          help="MLflow’s search: name and tags.<name>, with AND, OR, NOT and parentheses. A word alone looks for names that contain it."
          onSearch={(text) => set({ q: text || undefined })}
        />
      </div>
      {!isRefused(query.error) && (
        <Answer query={query}>
          {() => (
            <ModelList
              group={group}
              models={models}
              prompts={prompts}
              searched={q !== ''}
              sort={{ by: order, descending: descending === 'yes' }}
              onSort={(sort) =>
                set({
                  order: ORDERS.find((each) => each === sort.by),
                  descending: sort.descending ? 'yes' : undefined,
                })
              }
              onEnd={() => {
                if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
              }}
              footer={query.hasNextPage ? 'More follow below.' : `${count(models.length)} in all`}
            />
          )}
        </Answer>
      )}
      <CreateModel group={group} open={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}
