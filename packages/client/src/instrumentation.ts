import type { Headers } from './headers.ts';
import type { Message } from './message.ts';

/** A call that sends events. */
export interface Sending {
  readonly queue: string;
  readonly count: number;
}

/** A batch from its receipt until it is settled. */
export interface Batch {
  readonly queue: string;
  readonly consumer: string;
  readonly messages: readonly Message[];
}

/** One call of a handler for one message. */
export interface Attempt {
  readonly queue: string;
  readonly consumer: string;
  readonly message: Message;
  /** 1 for the first. */
  readonly attempt: number;
}

/** What an attempt came to. */
export interface AttemptResult {
  readonly outcome: 'ack' | 'retry' | 'dead';
  /** What the handler threw. */
  readonly error?: unknown;
}

/** How many messages of a batch came to what, once that is stored. */
export interface Settlement {
  readonly queue: string;
  readonly consumer: string;
  readonly acked: number;
  readonly retried: number;
  readonly dead: number;
}

/** What traces and measures; see `pgque/opentelemetry`. What `run` and `send` return or throw must be handed on. */
export interface Instrumentation {
  /** Runs one call that sends events, and says which headers they carry. */
  send<Result>(sending: Sending, send: (headers: Headers) => Promise<Result>): Promise<Result>;
  /** Runs the work on a batch. */
  batch<Result>(batch: Batch, run: () => Promise<Result>): Promise<Result>;
  /** Runs a handler for one message. */
  attempt<Result extends AttemptResult>(attempt: Attempt, run: () => Promise<Result>): Promise<Result>;
  /** Hears of a batch that has been settled, also of messages that no handler saw. */
  settled(settlement: Settlement): void;
}
