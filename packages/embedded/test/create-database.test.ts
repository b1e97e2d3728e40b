import { expect, inject, test } from 'vitest';
import { isMajor, startServer } from '../src/index.ts';
import { onConnection } from '../src/server-connection.ts';

declare module 'vitest' {
  interface ProvidedContext {
    major: number;
  }
}

test('a server of each major starts, copies a database and drops the copy', async () => {
  const major = inject('major');
  if (!isMajor(major)) throw new Error(`unknown major ${major}`);
  await using server = await startServer({ major, source: 'binaries' });
  expect(server).toMatchObject({ major, source: 'binaries', pid: expect.any(Number) });

  const template = await server.createDatabase({ name: 'a "quoted" template' });
  await onConnection(template.url, (client) => client.query('create table t as select 42 as answer'));
  const copy = await server.createDatabase({ template: template.name });
  const { rows } = await onConnection(copy.url, (client) =>
    client.query(`select answer, current_setting('server_version_num')::int / 10000 as major from t`),
  );
  expect(rows).toEqual([{ answer: 42, major }]);

  await copy.drop();
  await copy.drop();
  await expect(onConnection(copy.url, (client) => client.query('select 1'))).rejects.toMatchObject({ code: '3D000' });
});
