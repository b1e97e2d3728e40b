import { loadClients } from '../src/clients.ts';
import { defineClientTests } from './define-client-tests.ts';

for (const { name } of loadClients()) await defineClientTests(name, { level: 'required', onlySmoke: true });
