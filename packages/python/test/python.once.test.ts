import { openControl, openTestDatabase } from '@pgque/testing';
import { runPytest } from './run-pytest.ts';

const [database, control] = await Promise.all([openTestDatabase(), openControl()]);

await runPytest(['-m', 'not smoke and not tools'], { PGQUE_TEST_DSN: database.url, ...control });
