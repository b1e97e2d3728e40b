import { openTestDatabase } from '@pgque/testing';
import { runPytest } from './run-pytest.ts';

const database = await openTestDatabase();

await runPytest(['-m', 'not smoke'], { PGQUE_TEST_DSN: database.url });
