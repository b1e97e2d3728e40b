import {
  type Client,
  type ClientOptions,
  createClient,
  type Executor,
  type Parameter,
  type Row,
  type TransactionExecutor,
} from 'pgque';
import type { SentEvent } from './assert-sent.ts';
import { FakeEngine } from './fake-engine.ts';
import { parseData } from './parse-data.ts';

/** A client with no database: queues live in memory. What is committed is deliverable at once. */
export interface FakeClient extends Client<undefined> {
  /** The events of a queue in their order, delivered or not. */
  sentTo(queue: string): SentEvent[];
  /** Makes retries and delayed events due. */
  passDelays(): void;
}

/**
 * For tests of what an application sends, and of its handlers. The client is the real one, down to the statements; only what
 * answers them is a fake. It has queues, sending, receiving, retries and dead letters; for what it lacks it throws. SQL of
 * the application is not run: `tx.query` rejects.
 */
export function createFakeClient(options: ClientOptions = {}): FakeClient {
  const engine = new FakeEngine();
  const query = async (text: string, values: readonly Parameter[]): Promise<readonly Row[]> => {
    const [, name] = /\bpgque\.(\w+)\(/.exec(text) ?? [];
    if (name === undefined) throw new Error(`the fake client has no database to run this on: ${text}`);
    return engine.call(name, values);
  };
  const undoable = async <Result>(work: (tx: TransactionExecutor<undefined>) => Promise<Result>): Promise<Result> => {
    const undo = engine.save();
    try {
      return await work({ query: transactional(query), native: undefined, savepoint: undoable });
    } catch (error) {
      undo();
      throw error;
    }
  };
  const executor: Executor<undefined> = { query, transaction: undoable, async close() {} };
  const fake = {
    sentTo: (queue: string): SentEvent[] =>
      engine.queue(queue).events.map(({ type, data }) => ({ type, payload: parseData(data) })),
    passDelays: (): void => engine.passDelays(),
  };
  return Object.assign(createClient(executor, options), fake) as FakeClient;
}

/** Savepoints and leases of the runtime are nothing to a fake: what handlers write elsewhere is not its concern. */
function transactional(query: Executor['query']): Executor['query'] {
  return async (text, values) =>
    /^((release |rollback to )?savepoint |select pg_backend_pid)/.test(text) ? [] : await query(text, values);
}
