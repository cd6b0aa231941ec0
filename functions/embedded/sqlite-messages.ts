import type { Clock } from '#kernel/clock.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import { randomIds } from '#kernel/ids.ts';
import { MAX_DELIVERIES, type Message, type Messages } from '#kernel/messages.ts';
import { translated } from './failures.ts';
import { type Database, openDatabase } from './sqlite.ts';
import { openWakeUps, type WakeUps } from './wake-ups.ts';

/** The messages in one SQLite file, which several processes may use at once. */
export interface SqliteMessages extends Messages {
  /** Drops every message of every queue. */
  clear(): void;
  /** Ends the waiting of those who receive, too. */
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, body TEXT NOT NULL,
    visible_at REAL NOT NULL, deliveries INTEGER NOT NULL DEFAULT 0, receipt TEXT NOT NULL,
    dead INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS messages_due ON messages (queue, dead, visible_at, id);
  CREATE INDEX IF NOT EXISTS messages_receipt ON messages (receipt)`;

const MAX_BODY_BYTES = 256 * 1024;
const MAX_DELAY_SECONDS = 900;
const MAX_VISIBILITY_SECONDS = 43_200;
const MAX_WAIT_SECONDS = 20;
const MAX_BATCH = 10;
// Other processes cannot wake this one, so it looks for itself.
const POLL_MS = 40;

// What XML 1.0 cannot carry; SQS refuses it, so it must not work here either.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const NOT_IN_MESSAGES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

interface Row {
  readonly id: number;
  readonly body: string;
  readonly receipt: string;
  readonly deliveries: number;
}

const requireSeconds = (name: string, seconds: number, max: number): void => {
  if (!(seconds >= 0 && seconds <= max)) {
    throw invalid('seconds_out_of_range', `${name} must be from 0 to ${max} seconds.`);
  }
};

const requireBody = (body: string): void => {
  if (body === '' || !body.isWellFormed() || NOT_IN_MESSAGES.test(body)) {
    throw invalid('invalid_message', 'A message must not be empty or hold control characters.');
  }
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new AppError('too_large', 'A message has at most 256 KiB.');
  }
};

interface Take {
  readonly queue: string;
  readonly max: number;
  readonly now: number;
  readonly visibleAt: number;
}

/** Takes due messages; those that were delivered often enough become dead letters instead. */
const prepareTake = (database: Database) => {
  const due = 'queue = ? AND dead = 0 AND visible_at <= ?';
  const isDue = database.prepare(`SELECT 1 FROM messages WHERE ${due} LIMIT 1`);
  const select = database.prepare(
    `SELECT id, body, deliveries, receipt FROM messages WHERE ${due} ORDER BY visible_at, id LIMIT ?`,
  );
  const bury = database.prepare(
    `UPDATE messages SET dead = 1 WHERE ${due} AND deliveries >= ${MAX_DELIVERIES}`,
  );
  const deliver = database.prepare(
    'UPDATE messages SET deliveries = ?, receipt = ?, visible_at = ? WHERE id = ?',
  );
  return ({ queue, max, now, visibleAt }: Take): readonly Message[] => {
    // An empty look takes no lock, so that those who wait do not disturb those who write.
    if (isDue.get(queue, now) === undefined) return [];
    return database.immediate(() => {
      bury.run(queue, now);
      const rows = select.all(queue, now, max) as unknown as readonly Row[];
      return rows.map(({ id, body, deliveries }) => {
        const message = { body, receipt: randomIds.hex32(), deliveries: deliveries + 1 };
        deliver.run(message.deliveries, message.receipt, visibleAt, id);
        return message;
      });
    });
  };
};

type Wait = Parameters<Messages['receive']>[1];

const receiver = (database: Database, clock: Clock, wakeUps: WakeUps) => {
  const take = prepareTake(database);
  return async (queue: string, options: Wait): Promise<readonly Message[]> => {
    const { max, waitSeconds, visibilitySeconds, signal } = options;
    requireSeconds('waitSeconds', waitSeconds, MAX_WAIT_SECONDS);
    requireSeconds('visibilitySeconds', visibilitySeconds, MAX_VISIBILITY_SECONDS);
    if (!(max >= 1)) throw invalid('max_out_of_range', 'Ask for one message at least.');
    // Waiting takes real time, whatever the injected clock says.
    const giveUpAt = performance.now() + waitSeconds * 1000;
    while (signal?.aborted !== true && !wakeUps.closed()) {
      const now = clock.now();
      const visibleAt = now + visibilitySeconds * 1000;
      const asked = { queue, max: Math.min(max, MAX_BATCH), now, visibleAt };
      const messages = translated('The queue', () => take(asked));
      const left = giveUpAt - performance.now();
      if (messages.length > 0 || left <= 0) return messages;
      await wakeUps.next(queue, Math.min(POLL_MS, left), signal);
    }
    return [];
  };
};

const sender = (database: Database, clock: Clock, wakeUps: WakeUps): Messages['send'] => {
  const insert = database.prepare(
    'INSERT INTO messages (queue, body, visible_at, receipt) VALUES (?, ?, ?, ?)',
  );
  return async (queue, body, { delaySeconds = 0 } = {}) => {
    requireBody(body);
    requireSeconds('delaySeconds', delaySeconds, MAX_DELAY_SECONDS);
    const visibleAt = clock.now() + delaySeconds * 1000;
    translated('The queue', () => insert.run(queue, body, visibleAt, randomIds.hex32()));
    wakeUps.wake(queue);
  };
};

// A receipt that is not the last one of its message names nothing any more: nothing happens.
const hider = (database: Database, clock: Clock, wakeUps: WakeUps): Messages['extend'] => {
  const hide = database.prepare(
    `UPDATE messages SET visible_at = ?
     WHERE receipt = ? AND queue = ? AND dead = 0 AND deliveries > 0 AND visible_at > ?`,
  );
  return async (queue, receipt, seconds) => {
    requireSeconds('Visibility', seconds, MAX_VISIBILITY_SECONDS);
    const now = clock.now();
    translated('The queue', () => hide.run(now + seconds * 1000, receipt, queue, now));
    wakeUps.wake(queue);
  };
};

type DeadLetters = Pick<Messages, 'deadLetters' | 'removeDeadLetter' | 'remove'>;

const remover = (database: Database): DeadLetters => {
  const drop = database.prepare(
    'DELETE FROM messages WHERE receipt = ? AND queue = ? AND dead = ? AND deliveries > 0',
  );
  const selectDead = database.prepare(
    `SELECT id, body, deliveries, receipt FROM messages
     WHERE queue = ? AND dead = 1 ORDER BY visible_at, id LIMIT ?`,
  );
  return {
    remove: async (queue, receipt) => {
      translated('The queue', () => drop.run(receipt, queue, 0));
    },
    removeDeadLetter: async (queue, receipt) => {
      translated('The queue', () => drop.run(receipt, queue, 1));
    },
    deadLetters: async (queue, max) => {
      const rows = translated('The queue', () => selectDead.all(queue, max));
      return (rows as unknown as readonly Row[]).map(({ body, receipt, deliveries }) => ({
        body,
        receipt,
        deliveries,
      }));
    },
  };
};

/** Opens the messages in the file at `path`, or in memory for `:memory:`. */
export const openSqliteMessages = (path: string, { clock }: { clock: Clock }): SqliteMessages => {
  const database = openDatabase(path, SCHEMA);
  const wakeUps = openWakeUps();
  const hide = hider(database, clock, wakeUps);
  const count = database.prepare(
    'SELECT count(*) AS n FROM messages WHERE queue = ? AND dead = 0 AND visible_at <= ?',
  );
  return {
    send: sender(database, clock, wakeUps),
    receive: receiver(database, clock, wakeUps),
    extend: hide,
    release: hide,
    ...remover(database),
    backlog: async (queue) => {
      const row = translated('The queue', () => count.get(queue, clock.now()));
      return Number(row?.n ?? 0);
    },
    clear: () => translated('The queue', () => database.handle.exec('DELETE FROM messages')),
    close: () => {
      wakeUps.close();
      database.close();
    },
  };
};
