import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '@pgque/embedded';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { lastLine, ownFolder, Program, runProgram } from './run-program.ts';

/** What the audit log of kept data holds, in the order of sending. */
async function auditLog(dataDirectory: string): Promise<{ type: string; payload: string }[]> {
  await using server = await startServer({ source: 'binaries', dataDirectory });
  const url = new URL(server.url);
  url.pathname = 'package_index';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  const { rows } = await client.query('select type, payload from package_index.audit_log order by run_id, position');
  await client.end();
  return rows;
}

test('a file of JSON lines is stored as it is written, and broken lines cost nothing but themselves', async () => {
  using folder = ownFolder();
  const lines: (string | Buffer)[] = [
    '\uFEFF{"type":"order.created","payload":{"id":12345678901234567890.10}}\r\n',
    '\n',
    'no JSON\n',
    Buffer.from('{"nul":"\0"}\n'),
    Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]),
    '"half a pair \\ud800, an escaped NUL \\u0000"\n',
    '{"type":"twice","a":1,"a":2}\n',
    '{"type":"日本語","payload":"😀"}',
  ];
  writeFileSync(join(folder.path, 'events.ndjson'), Buffer.concat(lines.map((line) => Buffer.from(line))));

  const result = await runProgram(folder.path, ['--input', 'events.ndjson', '--data', 'kept', '--json']);
  expect(lastLine(result)).toMatchObject({ sent: 4, broken: 3, dead: 1, agrees: true });
  expect(result.code).toBe(0);
  expect(result.stderr).toContain('line 3 is not JSON');
  expect(result.stderr).toContain('line 4 holds a NUL byte; skipped.');
  expect(result.stderr).toContain('line 5 is not valid UTF-8; skipped.');
  expect(await auditLog(join(folder.path, 'kept'))).toEqual([
    { type: 'order.created', payload: '{"id":12345678901234567890.10}' },
    { type: 'default', payload: '"half a pair \\ud800, an escaped NUL \\u0000"' },
    { type: 'twice', payload: '{"type":"twice","a":1,"a":2}' },
    { type: '日本語', payload: '"😀"' },
  ]);
});

test('a line of 50 MB is reported and skipped, what stands around it is delivered', async () => {
  using folder = ownFolder();
  const program = new Program(folder.path, ['--input', '-', '--json']);
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  program.child.stdin?.write('1\n"');
  for (let written = 0; written < 50; written += 1) program.child.stdin?.write(megabyte);
  program.child.stdin?.end('"\n2\n');
  const result = await program.result;
  expect(result.stderr).toContain('line 2 has 52,428,802 bytes');
  expect(lastLine(result)).toMatchObject({ sent: 2, broken: 1, agrees: true });
});

test('a broken line that is refused ends the reading; what stands before it is delivered', async () => {
  using folder = ownFolder();
  const result = await runProgram(folder.path, ['--input', '-', '--on-broken', 'refuse', '--json'], '1\n2\n{\n4\n');
  expect(lastLine(result)).toMatchObject({ sent: 2, consumers: { audit_logger: 2 }, broken: 1, agrees: false });
  expect(result.stderr).toContain('line 3 is not JSON');
  expect(result.code).toBe(4);
});

test('an event is sent as soon as it comes, however slow the input is', async () => {
  using folder = ownFolder();
  const program = new Program(folder.path, ['--input', '-', '--json', '--data', 'kept', '--on-broken', 'skip']);
  await program.says('PgQue is installed');
  program.child.stdin?.write('1\n');
  program.child.stdin?.write('broken\n');
  await program.says('line 2 is not JSON');
  program.child.stdin?.end('3\n');
  expect(lastLine(await program.result)).toMatchObject({ sent: 2, broken: 1, agrees: true });
});

test('thousands of events come back once in a hundred, and none is lost or doubled', async () => {
  using folder = ownFolder();
  const lines = Array.from({ length: 5_000 }, (_, index) => `{"type":"t","payload":${index}}`).join('\n');
  const result = await runProgram(folder.path, ['--input', '-', '--json'], lines);
  expect(lastLine(result)).toMatchObject({ sent: 5_000, retried: 50, dead: 1, deadTuples: 0, agrees: true });
});
