import { raceContract } from './races.suite.ts';

raceContract('embedded', async () => ({ close: async () => {} }), {
  sameKey: 50,
  creates: 200,
  changes: 100,
});
