import type { Repositories } from '#kernel/repositories.ts';

/** Few calls need them, so what fetches them loads with the first that does. */
export const repositories: Repositories = {
  async fetchTree(source, limits) {
    const { openRepositories } = await import('#git/repositories.ts');
    return openRepositories().fetchTree(source, limits);
  },
};
