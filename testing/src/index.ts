export { DebianCluster, type DebianClusterOptions } from './debian-cluster.ts';
export { installEngine } from './engine.ts';
export { closeAtEndOfFile } from './file-resources.ts';
export { nestFlags } from './nest-majors.ts';
export { openControl } from './open-control.ts';
export { isPoolerInstalled, type OpenPoolerOptions, openPooler, type Pooler } from './open-pooler.ts';
export { type OpenPrivateServerOptions, openPrivateServer, type PrivateServer } from './open-private-server.ts';
export { openProxy, type Proxy } from './open-proxy.ts';
export { type OpenTestDatabaseOptions, openTestDatabase, projectMajor } from './open-test-database.ts';
export {
  type RunSnippetOptions,
  readReadme,
  readSnippets,
  runSnippet,
  type SnippetOutcome,
} from './readme-snippets.ts';
export { type ProgramOutcome, type RunProgramOptions, runProgram } from './run-program.ts';
export { backendPid, connectClient } from './test-client.ts';
export { type Row, TestDatabase } from './test-database.ts';
export { waitUntilBlocked } from './wait-until-blocked.ts';
