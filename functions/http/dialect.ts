import type * as z from 'zod';
import type { Context } from '#kernel/context.ts';
import type { AppError } from '#kernel/errors.ts';
import type { ChangeRules } from './change.ts';
import type { Credential } from './credentials.ts';
import type { Route } from './route.ts';

/** Where the input was that broke its schema. */
export type InputPlace = 'query' | 'body';

/** What a request brings, checked against the schemas of its route. */
export interface Input {
  readonly query: unknown;
  readonly body: unknown;
}

/** What differs from dialect to dialect in carrying requests and answers. */
export interface Dialect {
  readonly routes: readonly Route[];
  /** How calls that change something are guarded, where they are. */
  readonly changes?: ChangeRules;
  /** Reads what comes in, where the dialect's JSON is not everybody's. */
  readonly readInput?: (route: Route, request: Request) => Promise<Input>;
  /** Problems of a query or body against its schema, as an error of the domain's vocabulary. */
  readonly invalidInput: (place: InputPlace, issues: readonly z.core.$ZodIssue[]) => AppError;
  /** Confines a call to what it names as its own place, with what is in the places of its path. */
  readonly narrow?: (
    ctx: Context,
    request: Request,
    params: Readonly<Record<string, unknown>>,
  ) => Context;
  /** What a request shows to say who it is, where its headers do not. */
  readonly credential?: (request: Request) => Credential | undefined;
  /** Throws where a caller that may call this must not do so now. */
  readonly admit?: (ctx: Context, route: Route) => Promise<void>;
  /** How deep a body may be nested: a thousand, unless the schemas of all routes bound it themselves. */
  readonly maxDepth?: number;
  /** A body that is no JSON. */
  readonly invalidJson: (message: string) => AppError;
  readonly errorResponse: (error: AppError, request: Request) => Response;
  /** Throws when the answer cannot be given as it is asked for; called before anything is done. */
  readonly requireAnswerable?: (request: Request) => void;
  /** Turns what a route returned into the answer. */
  readonly respond: (value: unknown, request: Request, route: Route) => Response;
}
