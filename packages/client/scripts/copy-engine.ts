// The engine travels inside the package, so that install() needs nothing else.
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

copyFileSync(fileURLToPath(import.meta.resolve('@pgque/sql/pgque.sql')), new URL('../dist/pgque.sql', import.meta.url));
