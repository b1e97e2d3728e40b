import type { Major } from '@pgque/embedded';
import type { NestMajor } from './nest-majors.ts';

/** What the global setup hands to the test files about one server. */
export interface ProvidedServer {
  readonly major: Major;
  readonly url: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The majors of this run. */
    majors: number[];
    /** The major of this project. */
    major: number;
    /** In the projects nest11 and nest12, the major of NestJS. */
    nestMajor: NestMajor;
    servers: ProvidedServer[];
  }
}
