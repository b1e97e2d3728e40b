import { defineClientTests } from '../define-client-tests.ts';

await defineClientTests('consumer', { level: 'required' });
