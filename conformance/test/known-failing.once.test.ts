import { fileURLToPath } from 'node:url';
import { closeAtEndOfFile } from '@pgque/testing';
import { expect, test } from 'vitest';
import { loadScenarios } from '../src/load-scenarios.ts';
import { ClientDrivers, runClientCase } from '../src/run-client.ts';
import { vitestServer } from './vitest-server.ts';

const program = fileURLToPath(new URL('../drivers/mutant/driver.ts', import.meta.url));
const args = ['--conditions=@pgque/source', program, 'rounds-ids-to-doubles'];
const drivers = closeAtEndOfFile(new ClientDrivers({ file: process.execPath, args, cwd: process.cwd() }));
const cases = loadScenarios();

async function run(name: string, listed: string | undefined, code = '*') {
  const scenario = cases.find((each) => each.name === name);
  if (!scenario) throw new Error(`there is no case ${name}`);
  const knownFailing = listed === undefined ? [] : [{ pattern: listed, code, reason: 'it is a mutant' }];
  return await runClientCase({ name: 'mutant', knownFailing }, drivers, vitestServer(), scenario);
}

test('a case that fails as its list says is known', async () => {
  expect(await run('ids/beyond-doubles', 'ids/*', 'mismatch')).toMatchObject({
    status: 'known',
    reason: 'it is a mutant',
  });
});

test('a case that fails in another way than its list says has failed', async () => {
  expect(await run('ids/beyond-doubles', 'ids/*', 'queue_not_found')).toMatchObject({ status: 'failed' });
});

test('a case that is listed and passes has failed', async () => {
  expect(await run('nack/settle-does-both', 'nack')).toMatchObject({ status: 'failed' });
});

test('a case that is not listed passes or fails by itself', async () => {
  expect(await run('nack/settle-does-both', undefined)).toMatchObject({ status: 'passed' });
  expect(await run('ids/beyond-doubles', undefined)).toMatchObject({ status: 'failed' });
});

test('a case that needs what a driver does not declare is not run', async () => {
  expect(await run('payloads/integers-of-any-size', undefined)).toMatchObject({
    status: 'not-declared',
    reason: 'exact_integers',
  });
});
