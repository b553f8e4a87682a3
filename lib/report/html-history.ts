import { counted } from '../counted.ts';
import { formatDuration } from '../duration.ts';
import type { Spell } from '../history.ts';
import { instant } from '../instant.ts';
import { formatShare, type Past, seenShare, type SignalPast } from '../past.ts';
import { html, type Markup, nothing, words } from './html-markup.ts';

const MOST_SIGNALS = 200;
const MOST_SPELLS = 20;
const HEIGHTS = { failing: 18, unknown: 11, ok: 3 } as const;

/** What was recorded, and why what is missing could not be read. */
export function historySection(past: Past | undefined, problem: string | undefined): Markup {
  return html`<section>
    <h2>History</h2>
    ${problem === undefined ? nothing : html`<p class="note">It could not be read, which changes no verdict: ${words(problem, 600)}</p>`}
    ${past && past.runs > 0 ? recorded(past) : nothing}
    ${past?.runs === 0 && problem === undefined ? html`<p class="quiet">Nothing was recorded yet.</p>` : nothing}
  </section>`;
}

/** What turned, worst first, each signal with its availability, a strip of its verdicts and its spells. */
function recorded(past: Past): Markup {
  const restless = past.signals.filter(({ spells }) => spells.length > 0);
  const steady = past.signals.filter(({ spells, goneAt }) => spells.length === 0 && goneAt === null).length;
  return html`<p class="quiet">
      ${counted(past.runs, 'run')} in ${formatDuration(past.to - past.from)}, until ${instant(past.to)}. Seen:
      the share of its runs that could observe the signal. Available: the share of these in which it was ok. A
      column is ${formatDuration(past.columnMs)}, empty where nothing was judged:
      ${(['failing', 'unknown', 'ok'] as const).map(key)}
    </p>
    ${restless.length === 0 ? nothing : restlessTable(restless.slice(0, MOST_SIGNALS), past)}
    ${restless.length > MOST_SIGNALS ? html`<p>${counted(restless.length - MOST_SIGNALS, 'signal')} more turned.</p>` : nothing}
    ${steady > 0 ? html`<p>${counted(steady, 'signal')} ok throughout.</p>` : nothing}`;
}

function key(verdict: keyof typeof HEIGHTS): Markup {
  return html`<span class="key"><span class="swatch ${verdict}"></span>${verdict}</span> `;
}

function restlessTable(signals: readonly SignalPast[], past: Past): Markup {
  return html`<table>
    <thead>
      <tr>
        <th>Signal</th>
        <th class="number">Available</th>
        <th class="number">Seen</th>
        <th class="number">Left ok</th>
        <th>Oldest to newest</th>
        <th>Spells, newest first</th>
      </tr>
    </thead>
    <tbody>
      ${signals.map(
        (signal) =>
          html`<tr>
            <td data-is="Signal">
              <span
                ><strong>${words(signal.signal, 120)}</strong>
                <span class="quiet"
                  >${words(signal.cluster, 80)}${signal.goneAt === null ? '' : `, no longer judged since ${instant(signal.goneAt)}`}</span
                ></span
              >
            </td>
            <td data-is="Available" class="number">${formatShare(signal.availability)}</td>
            <td data-is="Seen" class="number">${formatShare(seenShare(signal))}</td>
            <td data-is="Left ok" class="number">${signal.turns === 1 ? 'once' : `${signal.turns} times`}</td>
            <td data-is="Past">${strip(signal)}</td>
            <td data-is="Spells">${spellList(signal, past)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** The verdicts of the past as a picture: tall is failing, half is unknown, low is ok, and nothing where none was given. */
export function strip({ columns, availability, turns }: SignalPast): Markup {
  const bars = columns.flatMap((verdict, at) => {
    if (verdict === null || verdict === columns[at - 1]) return [];
    const next = columns.findIndex((other, index) => index > at && other !== verdict);
    const width = (next === -1 ? columns.length : next) - at;
    const height = HEIGHTS[verdict];
    return [
      html`<rect class="${verdict}" x="${at}" y="${18 - height}" width="${width}" height="${height}" />`,
    ];
  });
  const said = `available ${formatShare(availability)}, left ok ${counted(turns, 'time')}`;
  return html`<svg
    class="strip"
    role="img"
    aria-label="${said}"
    viewBox="0 0 ${columns.length} 18"
    preserveAspectRatio="none"
    shape-rendering="crispEdges"
  >
    ${bars}
  </svg>`;
}

function spellList(signal: SignalPast, past: Past): Markup {
  const { spells } = signal;
  const newest = spells.toReversed();
  const [first, ...others] = newest.slice(0, MOST_SPELLS);
  if (!first) return nothing;
  const left = spells.length - MOST_SPELLS;
  const rest =
    others.length === 0
      ? nothing
      : html`<details class="more">
          <summary>${counted(spells.length - 1, 'earlier spell')}</summary>
          ${others.map((spell) => html`<div>${spellWords(spell, signal, past)}</div>`)}${left > 0 ? html`<div class="quiet">… and ${left} more</div>` : nothing}
        </details>`;
  return html`<div>
    <div>${spellWords(first, signal, past)}</div>
    ${rest}
  </div>`;
}

function spellWords({ verdict, from, to, isIncident }: Spell, signal: SignalPast, past: Past): Markup {
  const lasted =
    to === null ? `for ${formatDuration(past.to - from)} so far` : `for ${formatDuration(to - from)}`;
  const since = from === signal.firstAt ? ' or before' : '';
  return html`<span class="time">${instant(from)}${since}</span>
    <span class="${verdict}">${verdict}</span> ${lasted}${isIncident ? ', an incident' : ''}`;
}
