/**
 * The set-up step before every script of the root. It runs on the Node of the machine, hence plain JavaScript for an old
 * version; what it installs brings the Node that runs everything else. It never reads standard input, which belongs to
 * the script after it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pnpm = 'pnpm@12.21.0';
const marker = `${root}node_modules/.setup`;

refuseOldNode();
const state = wantedState();
if (!isInstalled(state)) install(state);

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const bringsNode = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  if (bringsNode ? major >= 20 : major > 22 || (major === 22 && minor >= 18)) return;
  fail(
    `Node ${process.versions.node} is too old: install Node ${bringsNode ? '20' : '22.18'} or a later one and run this again.`,
  );
}

/** Everything the installation follows from. */
function wantedState() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(`${root}${file}`));
  return hash.digest('hex');
}

function isInstalled(state) {
  return existsSync(marker) && readFileSync(marker, 'utf8') === state;
}

function install(state) {
  console.log('Setting up: installing the dependencies, about half a minute the first time.');
  const result = spawnSync('npx', ['-y', pnpm, 'install', '--frozen-lockfile'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.error) fail(`npx could not be started (${result.error.message}): it comes with npm, is that installed?`);
  if (result.status !== 0) {
    const output = `${result.stdout}${result.stderr}`.trim().split('\n').slice(-40).join('\n');
    fail(`${output}\n\nThe set-up failed, the reason stands above; the first time it needs the network.`);
  }
  writeFileSync(marker, state);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
