import { defineClientTests } from '../define-client-tests.ts';

await defineClientTests('pgque-postgres', { level: 'required' });
