import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';
import { runCli } from './run-cli.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the commands of the README run, in their order', async () => {
  const { url } = await openTestDatabase();
  const lines = [...readme.matchAll(/^pgque (.*)$/gm)].map(([, args = '']) => args);
  expect(lines).toHaveLength(7);
  for (const line of lines) {
    const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    expect(await runCli(url, ...args)).toMatchObject({ exitCode: 0, stderr: '' });
  }
});

test('the README lists every command', () => {
  const names = createProgram().commands.flatMap((command) =>
    command.commands.length === 0 ? [command.name()] : command.commands.map((sub) => `${command.name()} ${sub.name()}`),
  );
  for (const name of names.filter((each) => each !== 'complete')) {
    expect(readme).toMatch(new RegExp(`\`${name}[\` ]`));
  }
});
