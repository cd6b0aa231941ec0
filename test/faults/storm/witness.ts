import process from 'node:process';
import type { Fence, Fenced, WorkerClient } from '#worker/client.ts';
import type { ReachPoint } from '#worker/faults.ts';
import { FAULT_POINTS } from '#worker/faults.ts';
import type { Wake } from '#worker/loop.ts';
import type { Dice } from './dice.ts';
import type { Note } from './journal.ts';
import type { WorkerOptions } from './options.ts';

const of = ({ jobId, attempt }: Fence) => ({ job: jobId, attempt });

const heard = <T>(note: Note, fence: Fence, what: string, answer: Fenced<T>): Fenced<T> => {
  if (!answer.held) note({ e: 'refused', ...of(fence), what });
  return answer;
};

/** The two calls that end an attempt. */
function endings(client: WorkerClient, note: Note): Pick<WorkerClient, 'finish' | 'release'> {
  const ending = async <T>(fence: Fence, how: string, call: () => Promise<Fenced<T>>) => {
    note({ e: 'ending', ...of(fence), how });
    const answer = heard(note, fence, how, await call());
    if (answer.held) note({ e: 'ended', ...of(fence), how });
    return answer;
  };
  return {
    finish(fence, outcome, signal) {
      const how = outcome.outcome === 'finished' ? 'finished' : (outcome.reason ?? 'failed');
      return ending(fence, how, () => client.finish(fence, outcome, signal));
    },
    release: (fence, signal) => ending(fence, 'released', () => client.release(fence, signal)),
  };
}

/** The client of a worker, with a record of what the API promised it. */
export function witnessed(client: WorkerClient, note: Note): WorkerClient {
  return {
    ...client,
    ...endings(client, note),
    async claim(wish, signal) {
      const asked = Date.now();
      const answer = await client.claim(wish, signal);
      const { claim } = answer;
      if (claim !== null) {
        const { jobId: job, attempt, runId: run, groupId: group } = claim;
        note({ e: 'claim', job, attempt, run, group, asked });
      }
      return answer;
    },
    async heartbeat(fence, ...more) {
      const t = Date.now();
      note({ e: 'unheard', ...of(fence) });
      const call = client.heartbeat(fence, ...more);
      call.catch(() => note({ e: 'unheard', ...of(fence) }));
      const answer = heard(note, fence, 'heartbeat', await call);
      if (answer.held) note({ e: 'beat', t, ...of(fence) });
      return answer;
    },
    async log(fence, first, lines, signal) {
      const answer = heard(note, fence, 'log', await client.log(fence, first, lines, signal));
      if (answer.held) {
        const stored = lines.slice(0, Math.max(0, answer.value.next - first));
        note({ e: 'log', ...of(fence), first, messages: stored.map(({ message }) => message) });
      }
      return answer;
    },
  };
}

/** Messages that come twice, and some that nobody gets although they count as delivered. */
export function doubting(
  wake: Wake,
  { doubled, unreceived }: Pick<WorkerOptions, 'doubled' | 'unreceived'>,
  dice: Dice,
  on: () => boolean,
  note: Note,
): Wake {
  const again: Awaited<ReturnType<Wake['receive']>>[number][] = [];
  return {
    ...wake,
    async receive(queue, options) {
      const copy = again.pop();
      if (copy !== undefined) {
        note({ e: 'fault', kind: 'doubled', at: 'message' });
        return [copy];
      }
      const messages = await wake.receive(queue, options);
      if (on() && messages.length > 0 && dice.chance(unreceived)) {
        note({ e: 'fault', kind: 'lost', at: 'message' });
        throw new Error('the storm has lost the answer with the message');
      }
      for (const message of messages) {
        if (!on() || !dice.chance(doubled)) continue;
        for (let copies = dice.between(1, 4); copies > 0; copies -= 1) again.push(message);
      }
      return messages;
    },
  };
}

const SIGNALS = { kill: 'SIGKILL', freeze: 'SIGSTOP', stop: 'SIGTERM' } as const;

/** At each fault point the process may be killed, frozen (whoever reads the journal thaws it) or told to stop. */
export function dicePoints(
  rates: WorkerOptions['points'],
  dice: Dice,
  note: Note,
  tell: (line: object) => void,
): ReachPoint {
  return (point) => {
    for (const kind of ['kill', 'freeze', 'stop'] as const) {
      if (!dice.chance(rates[kind] / FAULT_POINTS.length)) continue;
      note({ e: 'fault', kind, at: point });
      tell({ kind, point });
      process.kill(process.pid, SIGNALS[kind]);
      return;
    }
  };
}
