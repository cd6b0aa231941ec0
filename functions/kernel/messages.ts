/**
 * The port for waking workers up: at-least-once delivery, no order. A message carries ids; the
 * stored row owns correctness.
 */
export interface Message {
  readonly body: string;
  /** Names this delivery; valid until its visibility ends. */
  readonly receipt: string;
  /** How many times the message has been delivered, from 1. */
  readonly deliveries: number;
}

/** After so many deliveries without removal a message becomes a dead letter. */
export const MAX_DELIVERIES = 5;

export interface Messages {
  /** `queue` is a pool's name. Body ≤ 256 KiB of UTF-8. Acknowledged only when durable. */
  send(queue: string, body: string, options?: { delaySeconds?: number }): Promise<void>;
  /**
   * Waits up to `waitSeconds` (≤ 20) for at least one message; at most `max` (≤ 10). An aborted
   * wait answers none; what the store handed over to it at that moment comes again when its
   * visibility ends.
   */
  receive(
    queue: string,
    options: { max: number; waitSeconds: number; visibilitySeconds: number; signal?: AbortSignal },
  ): Promise<readonly Message[]>;
  /** Hides the message for so many seconds from now (≤ 43,200). */
  extend(queue: string, receipt: string, seconds: number): Promise<void>;
  /** Gives the message back, visible again after `seconds`. */
  release(queue: string, receipt: string, seconds: number): Promise<void>;
  remove(queue: string, receipt: string): Promise<void>;
  /** Messages that were delivered too often, for looking at them. */
  deadLetters(queue: string, max: number): Promise<readonly Message[]>;
  /** Removes a dead letter by its receipt. */
  removeDeadLetter(queue: string, receipt: string): Promise<void>;
  /** Approximate number of messages waiting. */
  backlog(queue: string): Promise<number>;
}
