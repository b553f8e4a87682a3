import { counted } from '../counted.ts';
import { instant } from '../instant.ts';
import { html, type Markup, nothing, words } from '../report/html-markup.ts';
import { planes, type Plane } from '../signal.ts';
import { type ClusterHealth, type ClusterState, incidentsOf, type SignalHealth } from './estate.ts';
import { incidentList } from './incidents.ts';
import { ago, andMore, asking, type Drawing, framed, isNarrow, mark, stateWord, WORDS } from './parts.ts';

/** How many clusters have a row, and incidents a line: what is more is counted. */
export const MOST_ROWS = 40;
const MOST_INCIDENTS = 15;
const MOST_PROBLEMS = 3;
const MOST_NAMED = 5;

/** All clusters by all planes, the worst first, below what is open. */
export function drawEstate(clusters: readonly ClusterHealth[], drawing: Drawing): string {
  const rows = clusters.slice(0, MOST_ROWS);
  const left = clusters.slice(MOST_ROWS);
  const used = new Set(clusters.flatMap(({ signals }) => signals.map(({ plane }) => plane)));
  const shown = planes.filter((plane) => used.has(plane));
  const narrow = isNarrow(drawing.view);
  return framed(
    drawing,
    tally(clusters),
    problems(clusters),
    incidentList(incidentsOf(clusters), MOST_INCIDENTS, drawing),
    html`<div class="wide">
      <table>
        <tr>
          <th>Cluster</th>
          ${shown.map((plane) => html`<th class="plane">${plane}</th>`)}${narrow ? nothing : html`<th>Last run</th>`}
        </tr>
        ${rows.map((cluster) => row(cluster, shown, drawing))}
      </table>
    </div>`,
    andMore(left.length, `clusters: ${countsOf(left)}`),
  );
}

const STATES: readonly ClusterState[] = ['failing', 'late', 'unknown', 'ok'];

function tally(clusters: readonly ClusterHealth[]): Markup {
  const signals = clusters.reduce((sum, cluster) => sum + cluster.signals.length, 0);
  return html`<p class="tally">
    ${STATES.map((state) => {
      const count = clusters.filter((cluster) => cluster.state === state).length;
      return count === 0 ? nothing : html`<span>${count.toLocaleString('en')} ${stateWord(state)}</span>`;
    })}<span class="quiet">${counted(clusters.length, 'cluster')}, ${counted(signals, 'signal')}</span>
  </p>`;
}

function countsOf(clusters: readonly ClusterHealth[]): string {
  return STATES.flatMap((state) => {
    const count = clusters.filter((cluster) => cluster.state === state).length;
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${WORDS[state]}`];
  }).join(', ');
}

/** One trouble usually keeps the memory of every cluster from being read: it is told once. */
function problems(clusters: readonly ClusterHealth[]): Markup {
  const told = Map.groupBy(
    clusters.filter(({ problem }) => problem !== undefined),
    ({ problem }) => problem ?? '',
  );
  const alike = [...told].slice(0, MOST_PROBLEMS);
  return html`${alike.map(
    ([problem, some]) =>
      html`<p class="note">
        What is remembered of
        ${some.length === 1 ? words(some[0]?.cluster ?? '', 120) : counted(some.length, 'cluster')} could not
        be read: ${words(problem, 400)}
      </p>`,
  )}${andMore(told.size - alike.length, 'reasons why something could not be read')}`;
}

function row(cluster: ClusterHealth, shown: readonly Plane[], drawing: Drawing): Markup {
  const { state, isLate, region } = cluster;
  const narrow = isNarrow(drawing.view);
  const last = lastRun(cluster, drawing.now);
  const named = asking(cluster.cluster, { cluster: cluster.cluster }, drawing);
  return html`<tr>
    <td>
      ${narrow ? stateMark(state) : html`${named} <span class="quiet">${words(region, 40)}</span>`}
      ${narrow ? named : state === 'ok' ? nothing : stateWord(state)}${narrow && isLate ? html`<br />${last}` : nothing}
    </td>
    ${shown.map((plane) => cell(plane, cluster))}${narrow ? nothing : html`<td>${last}</td>`}
  </tr> `;
}

function stateMark(state: ClusterState): Markup {
  return html`<span class="word ${state}" title="${WORDS[state]}">${mark(state)}</span>`;
}

/** When the cluster was verified last, or that it was not. */
export function lastRun({ lastRunAt, isLate, problem }: ClusterHealth, now: number): Markup {
  if (lastRunAt === null && problem !== undefined) return html`<span class="quiet">not known</span>`;
  if (lastRunAt === null) return html`<span class="late">never verified</span>`;
  if (!isLate) return html`<span class="quiet">${ago(lastRunAt, now, ' ago')}</span>`;
  return html`<span class="late">not verified since ${instant(lastRunAt)}, for ${ago(lastRunAt, now)}</span>`;
}

const WORST = ['failing', 'unknown', 'unjudged', 'ok'] as const;

/** The signals of one cluster on one plane, by the worst verdict among them. */
function cell(plane: Plane, { signals, isLate }: ClusterHealth): Markup {
  const here = signals.filter((signal) => signal.plane === plane);
  const verdict = WORST.find((one) => here.some((signal) => signal.verdict === one));
  if (verdict === undefined) return html`<td></td>`;
  const alike = here.filter((signal) => signal.verdict === verdict);
  const count = verdict === 'ok' ? String(here.length) : `${alike.length}/${here.length}`;
  const stale = isLate && verdict !== 'failing' ? ' stale' : '';
  return html`<td class="cell ${verdict}${stale}" title="${titleOf(plane, verdict, alike)}">
    ${mark(verdict)} ${count}
  </td>`;
}

function titleOf(plane: Plane, verdict: SignalHealth['verdict'], alike: readonly SignalHealth[]): string {
  const names = alike.slice(0, MOST_NAMED).map(({ signal }) => words(signal, 60));
  const more = alike.length > MOST_NAMED ? ` and ${alike.length - MOST_NAMED} more` : '';
  return `${plane} ${verdict === 'unjudged' ? 'not judged yet' : verdict}: ${names.join(', ')}${more}`;
}
