import { projectMajor } from '@pgque/testing';
import { expect, test } from 'vitest';
import { loadClients } from '../src/clients.ts';
import { runTorture } from '../src/torture/run-torture.ts';

const seconds = Number(process.env['PGQUE_TORTURE_SECONDS'] ?? 12);
const seed = Number(process.env['PGQUE_TORTURE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

test(`the books of all clients on one queue balance, whatever is killed (seed ${seed})`, {
  timeout: (seconds + 240) * 1000,
}, async () => {
  const lines: string[] = [];
  const verdict = await runTorture({
    clients: loadClients(),
    major: projectMajor(),
    seconds,
    seed,
    tell: (line) => lines.push(line),
  });
  expect(verdict.faults, lines.join('\n')).toEqual([]);
  expect(verdict.committed).toBeGreaterThan(100);
  expect(verdict.disturbances).toBeGreaterThan(2);
});
