import type { Fixtures } from './fixture.ts';

export const workflows: Fixtures = {
  analysePluginTaskSignatures: { own: true, body: () => ({ pythonCode: 'x = 1\n' }) },
};
