/** The suite `dioptra`: the original beside Assay in both forms. */

import { type Goals, judge } from '../beside/goals.ts';
import type { Beside, Stage } from '../beside/suite.ts';
import { callsAlonePeer } from '../core/peers.ts';
import type { Cell } from '../frame/peer.ts';
import type { DioptraScenario, Kind } from './scenarios.ts';
import { dioptraServer, ORIGINAL } from './server.ts';
import { filledByApi } from './world.ts';

const GOALS: Goals<Kind> = {
  embedded: { get: 20, list: 40, search: 40, create: 20, submit: 20 },
  lambda: { get: 3, list: 10, search: 3, create: 3, submit: 3 },
};

export const judgeDioptra = (cells: readonly Cell[], scenarios: readonly DioptraScenario[]) =>
  judge(cells, scenarios, GOALS, ORIGINAL);

export const besideDioptra = (
  stages: readonly Stage<DioptraScenario>[],
): Beside<DioptraScenario> => ({
  original: ORIGINAL,
  stages,
  server: dioptraServer,
  world: (rows) => (url) => filledByApi(url, rows),
  others: [callsAlonePeer],
  judge: judgeDioptra,
});
