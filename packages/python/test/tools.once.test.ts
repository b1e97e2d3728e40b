import { runPytest } from './run-pytest.ts';

await runPytest(['-m', 'tools'], {});
