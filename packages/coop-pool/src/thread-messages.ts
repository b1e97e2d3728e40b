import type { MessagePort } from 'node:worker_threads';
import type { Message } from 'pgque';
import type { SentError } from './sent-error.ts';

/** What a thread is started with, on the port that every thread has; all else goes over a port of the pool's own. */
export interface Setup {
  readonly port: MessagePort;
  /** The file of handlers, as a URL. */
  readonly handlers: string;
  /** Whether the pool has a use for what handlers return. */
  readonly wantsResults: boolean;
}

/** A message on its way to a thread. */
export type SentMessage = Omit<Message, 'payload'> &
  (
    | { /** Parsed by the thread, from the text. */ readonly isJson: true }
    | { readonly isJson: false; readonly payload: unknown }
  );

export type ToThread =
  | { readonly kind: 'run'; readonly id: number; readonly message: SentMessage }
  | { readonly kind: 'abort'; readonly id: number; readonly reason: string }
  /** Ends the thread from within: its handlers are done, or given up. */
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'ready'; readonly types: readonly string[] }
  | { readonly kind: 'unloadable'; readonly error: SentError }
  | { readonly kind: 'done'; readonly id: number; readonly result?: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError }
  /** It has heard that a handler is to end, so it is not blocked. */
  | { readonly kind: 'aborting'; readonly id: number };
