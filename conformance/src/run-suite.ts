import type { ClientEntry } from './clients.ts';
import { ClientDrivers, type Result, runClientCase } from './run-client.ts';
import type { Case } from './scenario.ts';
import type { ConformanceServer } from './world.ts';

export interface SuiteOptions {
  readonly clients: readonly ClientEntry[];
  readonly servers: readonly { readonly server: ConformanceServer; readonly cases: readonly Case[] }[];
  readonly onResult: (result: Result) => void;
  /** Cases that run at once: most of a case is waiting. */
  readonly width: number;
}

interface Job {
  readonly client: ClientEntry;
  readonly drivers: ClientDrivers | undefined;
  readonly server: ConformanceServer;
  readonly scenario: Case;
}

/** Runs every case for every client on every server. Failures are retried by nobody. */
export async function runSuite({ clients, servers, onResult, width }: SuiteOptions): Promise<Result[]> {
  const results: Result[] = [];
  const ready = await Promise.all(
    clients.map(async (client) => {
      const command = await client.prepare();
      return { client, drivers: command === undefined ? undefined : new ClientDrivers(command) };
    }),
  );
  const jobs: Job[] = servers.flatMap(({ server, cases }) =>
    ready.flatMap(({ client, drivers }) => cases.map((scenario) => ({ client, drivers, server, scenario }))),
  );
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const result = await runJob(job);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  await Promise.all(ready.map(({ drivers }) => drivers?.[Symbol.asyncDispose]()));
  return results;
}

async function runJob({ client, drivers, server, scenario }: Job): Promise<Result> {
  if (drivers) return await runClientCase(client, drivers, server, scenario);
  const { name, level } = scenario;
  const reason = `the toolchain is missing: ${client.toolchain}`;
  return { client: client.name, major: server.major, name, level, status: 'not-run', reason, durationMs: 0 };
}
