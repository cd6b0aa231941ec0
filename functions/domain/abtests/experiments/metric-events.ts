import { eventNames } from '#domain/events/index.ts';
import type { Context } from '#kernel/context.ts';
import { isDoc, shown, wrong } from '../refuse.ts';
import type { Doc } from './experiment.items.ts';

/** Nodes of a metric that say what happened; nothing that people measure is deeper than this. */
const MAX_DEPTH = 8;

function* nodesOf(value: unknown, depth = 0): Generator<Doc> {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return;
  if (isDoc(value) && typeof value.kind === 'string') yield value;
  for (const member of Object.values(value)) yield* nodesOf(member, depth + 1);
}

/** The events that a metric counts. */
export function eventsOf(metric: Doc): ReadonlySet<string> {
  const events = new Set<string>();
  for (const { kind, event } of nodesOf(metric)) {
    if (kind === 'EventsNode' && typeof event === 'string') events.add(event);
  }
  return events;
}

/** Throws where a metric counts actions: there are none here, so each is unknown. */
function requireNoActions(metrics: readonly Doc[], attr: string): void {
  const nodes = metrics.flatMap((metric) => [...nodesOf(metric)]);
  const ids = nodes.flatMap(({ kind, id }) => (kind === 'ActionsNode' ? [String(id)] : []));
  if (ids.length > 0) {
    throw wrong(attr, `Action(s) ${shown(new Set(ids))} not found. Name events instead.`);
  }
}

/**
 * Throws where metrics count what is not there, but for events where those that never came in are no
 * mistake. While none at all has come in, nobody can tell.
 */
export async function requireKnown(
  ctx: Context,
  groupId: number,
  metrics: readonly Doc[],
  { attr, allowsUnknown }: { readonly attr: string; readonly allowsUnknown: boolean },
): Promise<void> {
  requireNoActions(metrics, attr);
  const counted = new Set(metrics.flatMap((metric) => [...eventsOf(metric)]));
  if (allowsUnknown || counted.size === 0) return;
  const known = new Set(await eventNames(ctx, groupId));
  const unknown = [...counted].filter((event) => !known.has(event));
  if (known.size === 0 || unknown.length === 0) return;
  throw wrong(
    attr,
    `Event(s) ${shown(unknown).slice(1, -1)} not found. Send them once, correct their names, or set allow_unknown_events.`,
  );
}

/** Whether no evaluation of a feature flag has been reported to a project yet. */
export const lacksEvaluations = async (ctx: Context, groupId: number): Promise<boolean> =>
  !(await eventNames(ctx, groupId)).includes('$feature_flag_called');
