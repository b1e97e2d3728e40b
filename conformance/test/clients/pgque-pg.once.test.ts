import { defineClientTests } from '../define-client-tests.ts';

await defineClientTests('pgque-pg', { level: 'required' });
