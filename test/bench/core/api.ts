/** A small client of the API, over HTTP or straight into an app. */

/** Answers a request to a path with its query. */
export type Sender = (path: string, init: RequestInit) => Promise<Response>;

/** The fields of an answer that the benchmark uses. */
export interface Answer {
  readonly id: number;
  readonly name?: string;
  readonly status?: string;
  readonly token: string;
  readonly group: { readonly id: number };
  readonly groups: readonly { readonly id: number }[];
  readonly totalNumResults?: number;
  readonly data: readonly { readonly id: number; readonly name: string }[];
  readonly run: { readonly info: { readonly run_id: string } };
}

export interface Api {
  /** The answer as it is, whatever its status. */
  ask(method: string, path: string, body?: unknown): Promise<Response>;
  /** The body of an answer of 200; rejects with anything else. */
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
}

async function bodyOf(what: string, answer: Response): Promise<Answer> {
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${text.slice(0, 400)}`);
  return JSON.parse(text) as Answer;
}

export function apiOf(send: Sender, headers: Readonly<Record<string, string>> = {}): Api {
  const ask: Api['ask'] = (method, path, body) => {
    if (body === undefined) return send(path, { method, headers });
    const typed = { ...headers, 'content-type': 'application/json' };
    return send(path, { method, headers: typed, body: JSON.stringify(body) });
  };
  return {
    ask,
    get: async (path) => bodyOf(`GET ${path}`, await ask('GET', path)),
    post: async (path, body) => bodyOf(`POST ${path}`, await ask('POST', path, body)),
  };
}

export const overHttp =
  (url: string): Sender =>
  async (path, init) => {
    try {
      return await fetch(`${url}${path}`, init);
    } catch (error) {
      // `fetch` itself says neither where nor why.
      const { cause = error } = error as Error;
      throw new Error(`${url}${path} was not answered: ${cause}`, { cause: error });
    }
  };
