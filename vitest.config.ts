import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig, type UserWorkspaceConfig } from 'vitest/config';
import type { InlineConfig } from 'vitest/node';
import { CountReporter } from './testing/src/count-reporter.ts';
import { type NestMajor, nestMajors, nestPackage, nestPattern } from './testing/src/nest-majors.ts';
import { isChosen, selectMajors } from './testing/src/selected-majors.ts';

/** PGQUE_TEST_FOLDERS names others, for the tests of the harness itself. */
const otherFolders = process.env['PGQUE_TEST_FOLDERS']?.split(',');
const testFolders = otherFolders ?? [
  'sql/test',
  'packages/*/test',
  'examples/*/test',
  'testing/test',
  'benchmark/test',
  'conformance/test',
  'docs/test',
];

/** Workspace packages are tested as sources; the tests run in one Vite environment, the global setup in another. */
const resolve = { conditions: ['@pgque/source', ...defaultServerConditions] };
const resolution = { resolve, ssr: { resolve }, environments: { __vitest__: { resolve } } };
/** For the classes of a Nest application, in tests: what its constructors take is found by their types. */
const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };
const majors = await selectMajors();
const defaultMajor = majors.includes(17) ? 17 : majors.at(-1);

/**
 * Files that need a database run once for each PostgreSQL major, in the projects pg14 to pg18; unless majors were chosen,
 * between the oldest and the newest only those of the engine do, and the smoke tests of the packages. Files named
 * `*.once.test.ts` run in the project `once`, on the default major when they want a server at all, and those named
 * `*.nest.test.ts` on that one in the projects nest11 and nest12, each with that major of NestJS.
 */
export default defineConfig({
  ...resolution,
  test: {
    globalSetup: ['./testing/src/global-setup.ts'],
    // More than two cores have: many tests wait for a moment, or for a server that they restart.
    maxWorkers: 3,
    provide: { majors },
    reporters: ['default', new CountReporter()],
    projects: [
      project('once', {
        include: testFiles('*.once.test.ts'),
        provide: { major: defaultMajor },
      }),
      ...nestMajors.map((nestMajor) => ({
        ...project(`nest${nestMajor}`, {
          include: testFiles('*.nest.test.ts'),
          provide: { major: defaultMajor, nestMajor },
        }),
        resolve: nestOf(nestMajor),
      })),
      ...majors.map((major) =>
        project(`pg${major}`, {
          include: isEnd(major) ? testFiles('*.test.ts') : ['sql/test/**/*.test.ts', ...testFiles('smoke.test.ts')],
          exclude: ['**/node_modules/**', '**/*.once.test.ts', '**/*.nest.test.ts'],
          provide: { major },
        }),
      ),
    ],
  },
});

function project(name: string, test: InlineConfig): UserWorkspaceConfig {
  const setupFiles = ['./testing/src/file-teardown.ts'];
  // An event that a test waits for may take its time on a busy machine.
  const expect = { poll: { timeout: 10_000, interval: 20 } };
  return { ...resolution, oxc, test: { name, setupFiles, expect, testTimeout: 30_000, hookTimeout: 60_000, ...test } };
}

function isEnd(major: number): boolean {
  return isChosen() || otherFolders !== undefined || major === majors[0] || major === majors.at(-1);
}

function testFiles(pattern: string): string[] {
  return testFolders.map((folder) => `${folder}/**/${pattern}`);
}

/** What imports NestJS gets that of a major. */
function nestOf(major: NestMajor): NonNullable<UserWorkspaceConfig['resolve']> {
  const folder = fileURLToPath(new URL('node_modules/', nestPackage(major)));
  return { ...resolve, alias: [{ find: nestPattern, replacement: `${folder}$&` }] };
}
