import { readdirSync, readFileSync } from 'node:fs';

/** A function of the engine as its file describes it. */
export interface SqlFunction {
  readonly name: string;
  readonly signature: string;
  /** The comment above the definition, as Markdown. */
  readonly contract: string;
  /** Who is granted it, without the prefix. */
  readonly roles: readonly string[];
}

const definition =
  /((?:^--.*\n)*)^create or replace (?:function|procedure) pgque\.(\w+)\s*(\([\s\S]*?\))(\s+returns\s+[\s\S]*?)?\n?\s*language /gm;

/** All functions of a folder, in the order of the files; overloads share the comment of the first. */
export function readFunctions(folder: URL): SqlFunction[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .flatMap((file) => parse(readFileSync(new URL(file, folder), 'utf8')));
}

function parse(text: string): SqlFunction[] {
  const functions = new Map<string, { signatures: string[]; comments: string[] }>();
  for (const [, comment = '', name = '', parameters = '', result = ''] of text.matchAll(definition)) {
    const found = functions.get(name) ?? { signatures: [], comments: [] };
    functions.set(name, found);
    found.signatures.push(`${name}${oneLine(parameters)}${oneLine(result)}`);
    if (comment !== '') found.comments.push(toMarkdown(comment));
  }
  return [...functions].map(([name, { signatures, comments }]) => ({
    name,
    signature: signatures.join('\n'),
    contract: comments.join('\n\n') || describe(text, name),
    roles: rolesOf(text, name),
  }));
}

/** The text of `comment on function`, for what needs no more. */
function describe(text: string, name: string): string {
  const [, sentence = ''] =
    new RegExp(`comment on (?:function|procedure) pgque\\.${name}\\([^;]*?is '((?:[^']|'')*)'`).exec(text) ?? [];
  return `${sentence.replaceAll("''", "'")}.`;
}

function rolesOf(text: string, name: string): string[] {
  const roles = new Set<string>();
  for (const [, functions = '', grantees = ''] of text.matchAll(
    /^grant execute on (?:function|procedure)\s+([\s\S]*?)\s+to\s+([\w, ]+);/gm,
  )) {
    if (!new RegExp(`pgque\\.${name}\\(`).test(functions)) continue;
    for (const role of grantees.split(',')) roles.add(role.trim().replace(/^pgque_/, ''));
  }
  return [...roles];
}

/** Lines that are indented are a list of terms; the others are prose. */
function toMarkdown(comment: string): string {
  const lines = comment
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^-- ?/, ''));
  return lines
    .map((line) => line.replace(/^ {2,}(\w+) {2,}(.*)$/, '- `$1`: $2').replace(/^ {4,}/, '  '))
    .map((line) => line.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;'))
    .join('\n')
    .replace(/\n(?=- `)/, '\n\n')
    .replace(/(- `[^\n]*(?:\n {2}[^\n]*)*)\n(?![- ])/g, '$1\n\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('( ', '(').trimEnd();
}
