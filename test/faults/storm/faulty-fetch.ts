import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Note } from './journal.ts';
import type { CallRates } from './options.ts';

const LONGEST_DELAY_MS = 400;

export interface FetchFaults {
  readonly dice: Dice;
  readonly rates: CallRates;
  readonly on: () => boolean;
  /** Processes of the API of which any may get a call. */
  readonly urls: readonly string[];
  readonly note: Note;
}

const cutOff = (what: string): TypeError => new TypeError('fetch failed', { cause: what });

/** The answer with a body that breaks off in the middle. */
async function broken(answer: Response): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let isSent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isSent) return controller.error(cutOff('the storm has cut the body'));
      isSent = true;
      controller.enqueue(bytes.subarray(0, bytes.byteLength >> 1));
    },
  });
  return new Response(body, { status: answer.status, headers: answer.headers });
}

const hasBody = ({ status, body }: Response): boolean => status < 300 && body !== null;

function report(answer: Response, { pathname }: URL, note: Note): void {
  const { status } = answer;
  // What a store of AWS says is for its clients to understand.
  const isOurs = pathname.startsWith('/api/') || pathname.startsWith('/_blobs/');
  if (!isOurs || (status < 500 && status !== 429)) return;
  const retryAfter = answer.headers.get('retry-after');
  note({ e: 'trouble', status, path: pathname, retryAfter });
}

/** Any process answers for the whole API. */
function anyOf(url: URL, { urls, dice }: FetchFaults): URL {
  const isOurs = urls.includes(url.origin) && url.pathname.startsWith('/api/');
  const [first, ...others] = urls;
  if (!isOurs || first === undefined) return url;
  return new URL(`${url.pathname}${url.search}`, dice.pick([first, ...others]));
}

/** `fetch` on a bad line. */
export function faultyFetch(faults: FetchFaults, fetch: typeof globalThis.fetch): typeof fetch {
  const { dice, rates, on, note } = faults;
  const count = (kind: string) => note({ e: 'fault', kind, at: 'call' });
  return async (input, init) => {
    const url = anyOf(new URL(input instanceof Request ? input.url : input), faults);
    if (on() && dice.chance(rates.reset)) {
      count('reset');
      throw cutOff('the storm has cut the line');
    }
    if (on() && dice.chance(rates.slow)) {
      count('slow');
      await sleep(dice.between(20, LONGEST_DELAY_MS));
    }
    const answer = await fetch(url, init);
    report(answer, url, note);
    if (on() && dice.chance(rates.lost)) {
      count('lost');
      await answer.body?.cancel();
      throw cutOff('the storm has lost the answer');
    }
    if (on() && hasBody(answer) && dice.chance(rates.cut)) {
      count('cut');
      return broken(answer);
    }
    if (init?.method === 'PUT' && answer.ok) note({ e: 'stored', path: url.pathname });
    return answer;
  };
}
