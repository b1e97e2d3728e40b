import { defineClientTests } from '../define-client-tests.ts';

await defineClientTests('python', { level: 'required' });
