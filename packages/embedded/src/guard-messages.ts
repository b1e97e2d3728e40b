import type { EmbeddedErrorCode } from './embedded-error.ts';
import type { KillSignal } from './server.ts';

/** What the guard needs to know once, before the first start. */
export interface GuardConfiguration {
  readonly initdb: string;
  readonly postgres: string;
  readonly dataDirectory: string;
  /** The directory that goes at the end; undefined when the data are kept. */
  readonly temporaryDirectory: string | undefined;
  readonly durable: boolean;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly account: ServerAccount | undefined;
  readonly startTimeoutMs: number;
}

/** The unprivileged user a server runs as when the parent is root. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** There is no command to stop: closing the channel is one, and the only one that always arrives. */
export type GuardCommand =
  | { readonly name: 'open'; readonly configuration: GuardConfiguration }
  | { readonly name: 'start'; readonly port: number }
  | { readonly name: 'kill'; readonly signal: KillSignal };

export interface GuardRequest {
  readonly id: number;
  readonly command: GuardCommand;
}

export interface GuardFailure {
  readonly code: EmbeddedErrorCode;
  readonly message: string;
  readonly log: readonly string[];
}

export interface GuardResult {
  readonly pid: number | undefined;
  readonly password: string | undefined;
}

export type GuardMessage =
  | { readonly kind: 'done'; readonly id: number; readonly result: GuardResult }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: GuardFailure }
  | { readonly kind: 'exited' };
