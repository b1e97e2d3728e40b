/** A queue, or a limit, under test: through its public interface only, in its best documented setting. */
export interface Peer {
  readonly name: string;
  /** `own` is this project, `queue` what people would pick instead, `limit` bare statements on the same table. */
  readonly kind: 'own' | 'queue' | 'limit';
  /** What was set, for the report. */
  readonly setting: string;
  /** Why one would pick it, whatever is measured here. */
  readonly strength: string;
  /** Whether each consumer sees every event; else consumers share them. */
  readonly fansOut: boolean;
  /** Where its tables are. */
  readonly schemas: readonly string[];
  /** Peers of the same template are installed once. */
  readonly template: string;
  /** The extension that the server must offer, and the package of Debian that has it. */
  readonly extension?: { readonly name: string; readonly debian?: string };
  /** What it does not offer, and why; what it offers is there in `sql` and in what `open` gives. */
  readonly notOffered: Readonly<Partial<Record<Ability, string>>>;
  readonly sql: ServerSide;
  /** Into an empty database, with the queue `bench`. It is copied for each measurement. */
  install(url: string): Promise<void>;
  open(url: string, options: OpenOptions): Promise<OpenPeer>;
  /** The version that runs, as it says itself. */
  version(url: string): Promise<string>;
}

export type Ability = keyof OpenPeer | keyof ServerSide;

export interface OpenOptions {
  /** What the best documented setting is sought for. */
  readonly goal: 'throughput' | 'latency' | 'steady';
  /** How many take part: each sees every event where the peer fans out, else they share them. @default 1 */
  readonly consumers?: number;
  /** How many share the events of one consumer. @default 1 */
  readonly members?: number;
  /** How many of them a member takes at once, where it can take several. @default what is best for the goal */
  readonly takenAtOnce?: number;
  /** How often a log is rotated, where there is one. @default what the peer has */
  readonly rotationSeconds?: number;
}

export interface OpenPeer {
  /** Sends one event and waits until it is stored. */
  send?(payload: object): Promise<unknown>;
  /** Sends so many in one call and waits until they are stored. */
  sendMany?(payloads: readonly object[]): Promise<unknown>;
  /** Calls `handle` for each event, with the number of the consumer, until stopped. */
  consume?(handle: Handle): Promise<Consumption>;
  close(): Promise<void>;
}

export type Handle = (payload: object, consumer: number) => void | Promise<void>;

export interface Consumption {
  stop(): Promise<void>;
}

/** The peer's SQL, for what is measured inside the server. */
export interface ServerSide {
  createQueue?(queue: string): string;
  subscribe?(queue: string, consumer: string): string;
  /** A statement of PL/pgSQL that sends the text `v_payload`; `i` counts from 1. */
  send?(queue: string): string;
  /** A statement of PL/pgSQL that sends the texts `v_payloads`; `i` counts from 1. */
  sendBatch?(queue: string): string;
  /** A statement of PL/pgSQL that runs once before those of `sendBatch`, and is not measured. */
  beforeSendBatch?(queue: string): string;
  /** Makes what was sent readable. */
  tick?(): string;
  /** Counts, as `read`, what it reads of all that waits. */
  readAll?(queue: string, consumer: string, count: number): string;
  /** The same for a small part of it, the oldest. */
  readPage?(queue: string, consumer: string, count: number): string;
  /** Acknowledges what was read last. */
  acknowledge?(queue: string, consumer: string, count: number): string;
  /** Counts, as `held`, the events that are stored. */
  held?(queue: string): string;
}

/** The queue that every peer has after its installation. */
export const queue = 'bench';

/** What is sent: 101 bytes of JSON, or as many as are wanted. */
export function payloadOf(bytes = 101): {
  readonly order_id: number;
  readonly total: number;
  readonly customer: string;
} {
  return { order_id: 42, total: 99.95, customer: 'x'.repeat(bytes - 50) };
}

/** For a peer that is measured inside the server only. */
export function notOpened(): Promise<never> {
  return Promise.reject(new Error('this peer is measured inside the server only'));
}
