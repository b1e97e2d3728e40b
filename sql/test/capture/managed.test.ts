import { readFile } from 'node:fs/promises';
import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { captured } from '../support/captured.ts';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const { database } = await openPrivateServer({ engine: false });
const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test('an installer with CREATEROLE who makes the roles gives the triggers theirs, twice in a row', async () => {
  await database.query(`
    create role installer createrole; grant create on database "${database.name}" to installer;
    create role clerk`);
  const session = await database.role('installer');
  const warnings: (string | undefined)[] = [];
  session.on('notice', (notice) => warnings.push(notice.message));
  for (let round = 0; round < 2; round += 1) await session.query(`begin; ${script}; commit`);
  expect(warnings).toEqual([]);
  const creators = `select count(*) from pg_namespace n, aclexplode(n.nspacl) a
    where n.nspname = 'pgque' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner`;
  expect(await scalar(database, creators)).toBe(0n);

  const queue = await openQueue(session);
  await database.query(`
    create table t (id integer primary key);
    grant insert on t to clerk;
    create trigger capture after insert on t for each row
      execute function pgque.jsontriga('${queue.name}', 'ev_extra3=current_user')`);
  await (await database.role('clerk')).query('insert into t values (1)');
  expect(await captured(queue)).toMatchObject([{ payload: '{"id":1}', extra3: 'pgque_capture' }]);
  await session.query('select pgque.uninstall()');
});
