import { fileURLToPath } from 'node:url';
import { closeAtEndOfFile } from '@pgque/testing';
import { test } from 'vitest';
import { type Mutation, mutations } from '../drivers/mutant/mutations.ts';
import { vitestServer } from './vitest-server.ts';

// What a mutant never does is not waited for as long as what a busy machine does late.
process.env['PGQUE_CONFORMANCE_PATIENCE_MS'] = '8000';
const { loadScenarios } = await import('../src/load-scenarios.ts');
const { ClientDrivers } = await import('../src/run-client.ts');
const { runCase } = await import('../src/run-case.ts');

const server = vitestServer();
const cases = loadScenarios();

async function runMutant(mutation: Mutation, name: string) {
  const scenario = cases.find((each) => each.name === name);
  if (!scenario) throw new Error(`there is no case ${name}`);
  const program = fileURLToPath(new URL('../drivers/mutant/driver.ts', import.meta.url));
  const drivers = closeAtEndOfFile(
    new ClientDrivers({
      file: process.execPath,
      args: ['--conditions=@pgque/source', program, mutation],
      cwd: process.cwd(),
    }),
  );
  return await runCase(scenario, server, drivers);
}

test.concurrent.for(Object.entries(mutations))(
  'a client that %s is found out by %s',
  async ([mutation, name], { expect }) => {
    expect(await runMutant('none', name), 'without the mistake').toEqual({ status: 'passed' });
    expect(await runMutant(mutation as Mutation, name)).toMatchObject({
      status: 'failed',
      code: expect.stringMatching(/^(mismatch|violation)$/),
    });
  },
);
