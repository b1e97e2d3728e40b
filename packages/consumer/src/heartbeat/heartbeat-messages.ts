import type { ConnectOptions } from 'pgque';

/** Whose batch is kept alive, and how often. */
export interface HeartbeatTarget {
  readonly queue: string;
  readonly name: string;
  readonly member: string;
  readonly intervalMs: number;
}

/** What the thread is started with. */
export interface HeartbeatData {
  readonly direct: ConnectOptions;
}

/** A batch was opened, or is about to be settled. `batch` counts those of all members of the client. */
export type ToThread =
  | { readonly kind: 'begin'; readonly batch: number; readonly target: HeartbeatTarget }
  | { readonly kind: 'end'; readonly batch: number }
  | { readonly kind: 'close' };

/** `ready`: it hears what it is told. `lost`: a beat found no batch of this member, somebody has taken it over. */
export type FromThread = { readonly kind: 'ready' } | { readonly kind: 'lost'; readonly batch: number };
