import { defineClientTests } from '../define-client-tests.ts';

await defineClientTests('go', { level: 'required' });
