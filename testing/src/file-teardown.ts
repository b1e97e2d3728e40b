import { afterAll } from 'vitest';
import { closeFileResources } from './file-resources.ts';

// Set up by the test configuration around every test file, so that opening something is all a test has to do.
afterAll(closeFileResources);
