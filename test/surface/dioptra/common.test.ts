import { signIn } from '#entry/authenticate.ts';
import { dioptraRoutes } from '#surfaces/dioptra/parts.ts';
import { dioptraFixtures } from '../common/dioptra-fixtures.ts';
import { commonTests } from '../common/matrix.ts';

commonTests({
  base: '/api/v1',
  routes: await dioptraRoutes(signIn),
  fixtures: dioptraFixtures,
  isError: (body) => typeof body.message === 'string' || typeof body.errors === 'object',
});
