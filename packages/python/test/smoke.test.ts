import { openTestDatabase } from '@pgque/testing';
import { runPytest } from './run-pytest.ts';

const database = await openTestDatabase();

await runPytest(['-m', 'smoke'], { PGQUE_TEST_DSN: database.url });
