import { formatDuration } from '../duration.ts';
import { instant } from '../instant.ts';
import { html, type Markup, nothing, words } from '../report/html-markup.ts';
import type { View } from './event.ts';
import type { ClusterState, SignalHealth } from './estate.ts';
import { styleFor } from './style.ts';

/** What every drawing needs to know. */
export interface Drawing {
  readonly view: View;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The ARN by which the dashboard asks for more; undefined where it is not known. */
  readonly endpoint: string | undefined;
}

/** Pixels; below this a line takes the place of a row, and what says nothing new is left out. */
const NARROW = 640;

export function isNarrow({ width }: View): boolean {
  return width < NARROW;
}

/** Everything that is drawn comes in this frame: its style, and nothing of the dashboard's own. */
export function framed({ view }: Pick<Drawing, 'view'>, ...content: readonly Markup[]): string {
  return html`<div class="cwdb-no-default-styles"></div>
    <style>
      ${{ markup: styleFor(view) }}
    </style>
    <div class="${isNarrow(view) ? 'plumbline narrow' : 'plumbline'}">${content}</div>`.markup;
}

/** What is wrong, instead of a drawing. */
export function trouble(view: View, title: string, problems: readonly string[]): string {
  return framed(
    { view },
    html`<p class="note"><strong>${words(title)}</strong></p>
      <ul>
        ${problems.slice(0, 20).map((problem) => html`<li>${words(problem, 600)}</li>`)}
      </ul>`,
  );
}

const MARKS = { failing: '✕', late: '◷', unknown: '?', ok: '✓', unjudged: '·' } as const;
/** States as people read them. */
export const WORDS = {
  failing: 'failing',
  late: 'not verified',
  unknown: 'not observable',
  ok: 'ok',
  unjudged: 'not judged yet',
} as const;

/** A state by mark, word and colour. */
export function stateWord(state: ClusterState | SignalHealth['verdict']): Markup {
  return html`<span class="word ${state}">${MARKS[state]} ${WORDS[state]}</span>`;
}

export function mark(state: keyof typeof MARKS): string {
  return MARKS[state];
}

/** `3h 20m`, with the moment for who points at it. */
export function ago(moment: number, now: number, after = ''): Markup {
  return html`<span class="when" title="${instant(moment)}">${formatDuration(now - moment)}${after}</span>`;
}

/** A link that asks this function for more, and shows the answer above the dashboard. */
export function asking(text: string, about: Readonly<Record<string, string>>, { endpoint }: Drawing): Markup {
  if (endpoint === undefined) return html`<span>${words(text, 120)}</span>`;
  return html`<a>${words(text, 120)}</a
    ><cwdb-action action="call" display="popup" endpoint="${endpoint}"
      >${JSON.stringify(about)}</cwdb-action
    >`;
}

/** `and 12 more …`; nothing where none is left out. */
export function andMore(count: number, what: string): Markup {
  return count > 0 ? html`<p class="quiet">and ${count.toLocaleString('en')} more ${what}</p>` : nothing;
}
