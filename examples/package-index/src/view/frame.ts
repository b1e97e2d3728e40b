import type { styleText } from 'node:util';
import type { ConsumerSnapshot, Snapshot } from './snapshot.ts';

type Style = Parameters<typeof styleText>[0];
/** Colours a text, or leaves it as it is where colours are not wanted. */
export type Paint = (style: Style, text: string) => string;

const maxWidth = 80;
const nameWidth = 21;

/** The live view as text. Every line fits the width; colours are added last, so that columns stay where they are. */
export function frame(snapshot: Snapshot, columns: number, paint: Paint): string {
  const width = Math.min(columns, maxWidth) - 1;
  const { engine, licences, flagged, consumers } = snapshot;
  const lines = [
    '',
    titleLine(snapshot, width, paint),
    '',
    ` ${sentLine(snapshot, width - 1, paint)}`,
    '',
    paint('dim', clip(consumerRow('consumer', ['seen', 'per second', 'behind', 'lag', 'retried', 'dead']), width)),
    ...consumers.map((consumer) => consumerLine(consumer, width, paint)),
    '',
    fact('engine', engineText(engine), width, paint),
    fact('licences', licenceText(licences), width, paint),
    fact('flagged', flaggedText(flagged), width, paint),
    '',
    paint(stateStyle(snapshot), clip(` ${snapshot.state}`, width)),
  ];
  return lines.join('\n');
}

function titleLine({ title, inputName }: Snapshot, width: number, paint: Paint): string {
  const shown = clip(` ${title}`, width);
  return paint('bold', shown) + paint('dim', clip(`   ${inputName}`, width - shown.length));
}

function sentLine({ sent, sentPerSecond, fractionRead, broken }: Snapshot, width: number, paint: Paint): string {
  const left = `${'sent'.padEnd(nameWidth - 2)}${whole(sent).padStart(9)}${whole(sentPerSecond).padStart(12)}  `;
  const right = broken === 0 ? '' : `  ${whole(broken)} broken`;
  if (fractionRead === undefined) return clip(left + right, width);
  const percent = `${Math.floor(fractionRead * 100)} %`.padStart(6);
  const barWidth = width - left.length - right.length - percent.length;
  if (barWidth < 5) return clip(left + percent + right, width);
  const full = Math.round(barWidth * fractionRead);
  return left + paint('cyan', '━'.repeat(full)) + paint('dim', '─'.repeat(barWidth - full)) + percent + right;
}

function consumerLine(consumer: ConsumerSnapshot, width: number, paint: Paint): string {
  const { name, settled, perSecond, behind, lagMs, retried, dead } = consumer;
  const columns = [whole(settled), whole(perSecond), whole(behind), duration(lagMs), orDot(retried), orDot(dead)];
  const line = clip(consumerRow(name, columns), width);
  return dead > 0 ? line.replace(/\S+$/, (text) => paint('red', text)) : line;
}

function consumerRow(name: string, columns: readonly string[]): string {
  const widths = [9, 12, 9, 9, 9, 7];
  return ` ${name.padEnd(nameWidth - 2)}${columns.map((text, at) => text.padStart(widths[at] ?? 0)).join('')}`;
}

function engineText(engine: Snapshot['engine']): string {
  if (engine === undefined) return '…';
  const { ticks, rotations, deadTuples } = engine;
  return `${whole(ticks)} ticks   ${whole(rotations)} rotations   ${whole(deadTuples)} dead tuples`;
}

function licenceText(licences: Snapshot['licences']): string {
  if (licences.length === 0) return 'none yet';
  const shown = licences.slice(0, 4);
  const rest = licences.slice(4).reduce((sum, [, events]) => sum + events, 0);
  const parts = shown.map(([name, events]) => `${name} ${whole(events)}`);
  return [...parts, ...(rest > 0 ? [`other ${whole(rest)}`] : [])].join('   ');
}

function flaggedText({ count, latest }: Snapshot['flagged']): string {
  if (count === 0) return 'no package with install scripts yet';
  return `${whole(count)} with install scripts   ${latest.join('   ')}`;
}

function fact(name: string, text: string, width: number, paint: Paint): string {
  const line = clip(` ${name.padEnd(10)}${text}`, width);
  return paint('dim', line.slice(0, 11)) + line.slice(11);
}

function stateStyle({ mood }: Snapshot): Style {
  return mood === 'good' ? 'green' : mood === 'bad' ? 'red' : 'dim';
}

function clip(text: string, width: number): string {
  if (text.length <= width) return text.trimEnd();
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function orDot(value: number): string {
  return value === 0 ? '·' : whole(value);
}

function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
