const resources: AsyncDisposable[] = [];

/** Closes it when the test file ends, wherever in the file it was opened; `afterAll` within a test is never called. */
export function closeAtEndOfFile<Resource extends AsyncDisposable>(resource: Resource): Resource {
  resources.push(resource);
  return resource;
}

/** Closes the latest first: a database before the server it is on. */
export async function closeFileResources(): Promise<void> {
  for (let resource = resources.pop(); resource; resource = resources.pop()) await resource[Symbol.asyncDispose]();
}
