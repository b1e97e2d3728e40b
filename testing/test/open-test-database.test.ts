import { openTestDatabase, projectMajor } from '@pgque/testing';
import { expect, test } from 'vitest';

const database = await openTestDatabase();

test('openTestDatabase() answers queries on the major of the project', async () => {
  const [row] = await database.query<{ version: string }>(`select current_setting('server_version') as version`);
  expect(row?.version).toMatch(new RegExp(`^${projectMajor()}\\.`));
});
