/** What became of one Go test. */
export interface GoTest {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'skip';
  readonly output: string;
}

interface GoEvent {
  readonly Action: string;
  readonly Test?: string;
  readonly Output?: string;
}

/** The tests in the output of `go test -json`; of a test with subtests those only, and itself where it failed. */
export function readGoTests(text: string): GoTest[] {
  const outputs = new Map<string, string>();
  const results = new Map<string, GoTest['result']>();
  for (const { Action: action, Test: name, Output: output } of readEvents(text)) {
    if (name === undefined) continue;
    if (action === 'output') outputs.set(name, (outputs.get(name) ?? '') + output);
    else if (action === 'run') results.set(name, 'fail');
    else if (action === 'pass' || action === 'fail' || action === 'skip') results.set(name, action);
  }
  const parents = new Set([...results.keys()].map((name) => name.slice(0, Math.max(0, name.lastIndexOf('/')))));
  return [...results]
    .filter(([name, result]) => !parents.has(name) || result === 'fail')
    .map(([name, result]) => ({ name, result, output: outputs.get(name) ?? '' }));
}

function readEvents(text: string): GoEvent[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as GoEvent);
}
