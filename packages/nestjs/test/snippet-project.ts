import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { closeAtEndOfFile } from '@pgque/testing';

const folder = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A project of somebody who uses the package, with these programs compiled. */
export interface SnippetProject {
  readonly folder: URL;
  readonly programs: readonly string[];
}

/** Node knows no decorators, and so the compiler of an application sees the programs first. It must find nothing wrong. */
export async function compileSnippets(snippets: readonly string[]): Promise<SnippetProject> {
  const project = mkdtempSync(join(tmpdir(), 'pgque-snippets-'));
  closeAtEndOfFile({ [Symbol.asyncDispose]: async () => rmSync(project, { recursive: true, force: true }) });
  linkPackages(join(project, 'node_modules'));
  const compilerOptions = {
    ...{ noEmit: false, outDir: 'out', rootDir: '.', declaration: false, declarationMap: false, sourceMap: false },
    noPropertyAccessFromIndexSignature: false,
  };
  const config = { extends: join(folder, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const files = snippets.map((snippet, index) => {
    writeFileSync(join(project, `${index}.ts`), snippet);
    return join(project, `out/${index}.js`);
  });
  await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', project]).catch(({ stdout }) => {
    throw new Error(stdout);
  });
  return { folder: pathToFileURL(`${project}/`), programs: files.map((file) => readFileSync(file, 'utf8')) };
}

/** Those of this package, and itself. */
function linkPackages(to: string): void {
  const from = join(folder, 'node_modules');
  for (const scope of ['@pgque', '@types']) mkdirSync(join(to, scope), { recursive: true });
  for (const name of readdirSync(from).filter((each) => !['.bin', '@pgque', '@types'].includes(each))) {
    symlinkSync(join(from, name), join(to, name), 'dir');
  }
  symlinkSync(join(root, 'node_modules/@types/node'), join(to, '@types/node'), 'dir');
  symlinkSync(folder, join(to, '@pgque/nestjs'), 'dir');
  symlinkSync(join(from, '@pgque/consumer'), join(to, '@pgque/consumer'), 'dir');
}
