import { defineClientTests } from '../define-client-tests.ts';

await defineClientTests('nestjs', { level: 'required' });
