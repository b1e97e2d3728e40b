import { expect, test } from 'vitest';
import { findGo, goIsMissing, openStaticcheck, reportMissing, runGo } from './toolchain.ts';

const go = await findGo();
const packages = ['./...'];
const patience = { timeout: 240_000 };

if (go === undefined) reportMissing('the source of the Go client was not checked', goIsMissing);
else checkSource(go);

function checkSource(go: string): void {
  test('gofmt has nothing to change', async () => {
    const gofmt = go.replace(/go$/, 'gofmt');
    expect(await runGo(gofmt, ['-l', '.'])).toMatchObject({ exitCode: 0, output: '' });
  });

  test('the constants of the errors are those of the registry', patience, async () => {
    expect(await runGo(go, ['run', './internal/generrors', '-check'])).toMatchObject({ exitCode: 0, output: '' });
  });

  test('go vet has no complaints', patience, async () => {
    expect(await runGo(go, ['vet', ...packages])).toMatchObject({ exitCode: 0, output: '' });
  });

  test('staticcheck has no complaints', patience, async () => {
    const staticcheck = await openStaticcheck(go);
    expect(await runGo(staticcheck, ['-checks=all', ...packages])).toMatchObject({ exitCode: 0, output: '' });
  });
}
