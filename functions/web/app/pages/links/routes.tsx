import { createRoute, redirect } from '@tanstack/react-router';
import { textOf, wholeOf, withoutUnset } from '../../data/search-params.ts';
import { groupsQuery } from '../../data/session.ts';
import { signedInRoute } from '../../shell/group-route.tsx';
import { keptGroup } from '../../shell/kept.ts';
import type { MlflowLink } from './mlflow-link.ts';

interface LinkSearch {
  readonly experiment?: string | undefined;
  readonly run?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: number | undefined;
}

const idOf = (search: Record<string, unknown>, key: string): string | undefined => {
  const id = textOf(search, key, 100);
  return id !== undefined && /^[\w-]+$/.test(id) ? id : undefined;
};

const linkOf = ({ experiment, run, model, version }: LinkSearch): MlflowLink | undefined => {
  if (experiment !== undefined) return { experiment, run };
  return model === undefined ? undefined : { model, version };
};

/** The page of what a link names, within a group. */
function pageOf(link: MlflowLink, group: number) {
  if ('model' in link) {
    const { model, version } = link;
    const search = withoutUnset({ version });
    return redirect({ to: '/$group/models/$model', params: { group, model }, search });
  }
  const { experiment, run } = link;
  return run === undefined
    ? redirect({ to: '/$group/experiments/$experiment', params: { group, experiment }, search: {} })
    : redirect({ to: '/$group/runs/$run', params: { group, run }, search: {} });
}

/** Where links of MLflow's own pages come in: they name no group, so it is looked for. */
const linkedRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/linked',
  validateSearch: (search): LinkSearch =>
    withoutUnset({
      experiment: idOf(search, 'experiment'),
      run: idOf(search, 'run'),
      model: textOf(search, 'model', 250),
      version: wholeOf(search, 'version', 1),
    }),
  beforeLoad: async ({ context, search }) => {
    const link = linkOf(search);
    if (link === undefined) throw redirect({ to: '/', replace: true });
    const groups = (await context.queries.ensureQueryData(groupsQuery)).map(({ id }) => id);
    const kept = keptGroup();
    const latestFirst = groups.toSorted((a, b) => Number(b === kept) - Number(a === kept));
    const { groupOfLink } = await import('./group-of-link.ts');
    const group = await groupOfLink(link, latestFirst);
    throw group === undefined ? redirect({ to: '/', replace: true }) : pageOf(link, group);
  },
});

export const linkRoutes = [linkedRoute] as const;
