export { openPrivateServer, type OpenPrivateServerOptions, type PrivateServer } from './open-private-server.ts';
export { openTestDatabase, type OpenTestDatabaseOptions, projectMajor } from './open-test-database.ts';
export { backendPid, connectClient } from './test-client.ts';
export { type Row, TestDatabase } from './test-database.ts';
export { waitUntilBlocked } from './wait-until-blocked.ts';
