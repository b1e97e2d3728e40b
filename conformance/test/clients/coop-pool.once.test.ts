import { defineClientTests } from '../define-client-tests.ts';

await defineClientTests('coop-pool', { level: 'required' });
