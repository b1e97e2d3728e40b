import { readFileSync } from 'node:fs';
import { type Client, connect, InvalidArgumentError } from 'pgque';
import { clientCapabilities, clientOps } from './client-ops.ts';
import { type Ops, serve } from './serve.ts';

export interface ConnectArgs {
  readonly url: string;
  readonly directUrl?: string;
  readonly queryTimeoutMs?: number;
}

interface Connected {
  readonly client: Client;
  readonly close: () => Promise<void>;
}

export type Connect = (args: ConnectArgs) => Promise<Connected>;

/** What a driver adds to that of the client. */
export interface Addition {
  readonly capabilities: readonly string[];
  readonly ops: Ops;
  /** Ends what stands on the client, before it is closed. */
  readonly stop: () => Promise<void>;
}

const noAddition: Addition = { capabilities: [], ops: {}, stop: async () => {} };

export const connectOwn: Connect = async ({ url, directUrl, queryTimeoutMs }) => {
  const client = await connect({
    url,
    ...(directUrl === undefined ? {} : { direct: directUrl }),
    ...(queryTimeoutMs === undefined ? {} : { queryTimeoutMs }),
  });
  return { client, close: () => client.close() };
};

/** Serves a driver on the TypeScript client: one client at a time. */
export function serveClient(
  name: string,
  open: Connect = connectOwn,
  add?: (current: () => Client) => Addition,
  client: readonly string[] = clientCapabilities,
): void {
  let connected: Connected | undefined;
  const current = (): Client => {
    if (!connected) throw new InvalidArgumentError('invalid_argument', 'connect comes first');
    return connected.client;
  };
  const addition = add?.(current) ?? noAddition;
  const close = async (): Promise<void> => {
    await addition.stop();
    const closing = connected;
    connected = undefined;
    await closing?.close();
  };
  serve({
    client: name,
    version: readVersion(),
    capabilities: [...client, ...addition.capabilities],
    ops: {
      ...clientOps(current),
      connect: async (args: never) => {
        await close();
        connected = await open(args);
      },
      close,
      ...addition.ops,
    },
    shutDown: close,
  });
}

function readVersion(): string {
  const file = new URL('../../../packages/client/package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
