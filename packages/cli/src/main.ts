#!/usr/bin/env node
import { run } from './run.ts';

// Nobody reads any more: what is printed then is lost, and nothing else.
process.stdout.on('error', () => {});
process.exitCode = await run(process.argv.slice(2));
