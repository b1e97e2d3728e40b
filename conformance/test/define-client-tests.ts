import { closeAtEndOfFile } from '@pgque/testing';
import { test } from 'vitest';
import { loadClients } from '../src/clients.ts';
import { loadScenarios } from '../src/load-scenarios.ts';
import { ClientDrivers, runClientCase } from '../src/run-client.ts';
import { type Selection, selectCases } from '../src/select.ts';
import { vitestServer } from './vitest-server.ts';

const timeout = 120_000;

/** A test for each case that a client declares to take; without its toolchain one that did not run. */
export async function defineClientTests(name: string, selection: Selection): Promise<void> {
  const client = loadClients().find((each) => each.name === name);
  if (!client) throw new Error(`there is no client ${name}`);
  const command = await client.prepare();
  if (!command) return reportMissing(`${client.title}: the toolchain is missing: ${client.toolchain}`);
  const drivers = closeAtEndOfFile(new ClientDrivers(command));
  const { capabilities } = await drivers.hello();
  const cases = selectCases(loadScenarios(), selection);
  const declared = cases.filter(({ requires }) => requires.every((each) => capabilities.includes(each)));
  const server = vitestServer();
  test.concurrent.for(declared.map((each) => [each.name, each] as const))(
    `${client.title}: %s`,
    { timeout },
    async ([, scenario], { expect }) => {
      const { status, reason } = await runClientCase(client, drivers, server, scenario);
      expect(['passed', 'known'], reason).toContain(status);
    },
  );
}

function reportMissing(sentence: string): void {
  test(sentence, ({ skip }) => {
    if (process.env['CI']) throw new Error(sentence);
    skip(sentence);
  });
}
