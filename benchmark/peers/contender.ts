/** A queue under test, through its public interface and in its best documented setting. */
export interface Contender {
  readonly name: string;
  /** What was set, for the report. */
  readonly setting: string;
  /** Installs and starts what is needed in an empty database. */
  open(url: string): Promise<OpenContender>;
}

export interface OpenContender {
  /** Sends one event and waits until it is stored. */
  send(payload: object): Promise<unknown>;
  /** Sends many in the best way there is. */
  sendMany(payloads: readonly object[]): Promise<unknown>;
  /** Calls `handle` for each event until closed. */
  consume(handle: (payload: object) => void): Promise<void>;
  close(): Promise<void>;
}

/** 101 bytes of JSON. */
export const payload = { order_id: 42, total: 99.95, customer: 'x'.repeat(51) };
