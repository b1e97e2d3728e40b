import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { onConnection } from '../src/server-connection.ts';
import { ownTemporaryDirectory } from './own-temporary-directory.ts';

test('a given data directory is kept at stop() and used again', async () => {
  using folder = ownTemporaryDirectory();
  const options = { source: 'binaries', dataDirectory: join(folder.path, 'deep/data') } as const;
  const first = await startServer(options);
  await onConnection(first.url, (client) => client.query('create table t as select 42 as answer'));
  await first.stop();
  await using second = await startServer(options);
  const { rows } = await onConnection(second.url, (client) => client.query('select answer from t'));
  expect(rows).toEqual([{ answer: 42 }]);
});

test('a second server on the same data directory is refused and the first one stays', async () => {
  using folder = ownTemporaryDirectory();
  const options = { source: 'binaries', dataDirectory: join(folder.path, 'data') } as const;
  await using first = await startServer(options);
  await expect(startServer(options)).rejects.toMatchObject({
    code: 'data-directory-in-use',
    message: expect.stringContaining(options.dataDirectory),
  });
  const { rowCount } = await onConnection(first.url, (client) => client.query('select 1'));
  expect(rowCount).toBe(1);
});

test('of two first starts at once on the same data directory one wins', async () => {
  using folder = ownTemporaryDirectory();
  const options = { source: 'binaries', dataDirectory: join(folder.path, 'data') } as const;
  const results = await Promise.allSettled([startServer(options), startServer(options)]);
  const [winner] = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const [loser] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  await winner?.stop();
  expect(winner).toBeDefined();
  expect(loser).toMatchObject({ code: 'data-directory-in-use' });
});

test('a data directory of another major is refused', async () => {
  using folder = ownTemporaryDirectory();
  const dataDirectory = join(folder.path, 'data');
  await (await startServer({ source: 'binaries', major: 16, dataDirectory })).stop();
  await expect(startServer({ source: 'binaries', major: 17, dataDirectory })).rejects.toMatchObject({
    code: 'version-mismatch',
  });
});

test('a folder with other files is refused and left alone', async () => {
  using folder = ownTemporaryDirectory();
  writeFileSync(join(folder.path, 'letter.txt'), 'Dear reader');
  await expect(startServer({ source: 'binaries', dataDirectory: folder.path })).rejects.toMatchObject({
    code: 'start-failed',
    message: expect.stringContaining('no PostgreSQL data'),
  });
});
