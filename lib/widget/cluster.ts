import { counted } from '../counted.ts';
import { html, type Markup, nothing, words } from '../report/html-markup.ts';
import { type ClusterHealth, incidentsOf, type SignalHealth } from './estate.ts';
import { incidentList } from './incidents.ts';
import { lastRun } from './matrix.ts';
import { ago, andMore, type Drawing, framed, stateWord } from './parts.ts';

const MOST_INCIDENTS = 50;
const MOST_SIGNALS = 200;
const WORST = ['failing', 'unknown', 'unjudged', 'ok'];

/** One cluster with all its signals, those that are not ok first. */
export function drawCluster(cluster: ClusterHealth, drawing: Drawing): string {
  const signals = [...cluster.signals].sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict));
  // Nothing here leads on: it is shown above the dashboard already.
  const still = { ...drawing, endpoint: undefined };
  return framed(
    drawing,
    html`<p>
        ${stateWord(cluster.state)} <strong>${words(cluster.cluster, 120)}</strong>
        <span class="quiet">${words(cluster.region, 40)}, ${counted(signals.length, 'signal')},</span>
        ${lastRun(cluster, drawing.now)}
      </p>
      ${cluster.problem === undefined ? nothing : html`<p class="note">Not everything could be read: ${words(cluster.problem, 600)}</p>`}`,
    incidentList(incidentsOf([cluster]), MOST_INCIDENTS, still),
    html`<h4>Signals</h4>
      <table class="list">
        ${signals.slice(0, MOST_SIGNALS).map((signal) => signalRow(signal, drawing.now))}
      </table>`,
    andMore(signals.length - MOST_SIGNALS, 'signals'),
  );
}

function signalRow({ signal, plane, verdict, since }: SignalHealth, now: number): Markup {
  return html`<tr>
    <td>${stateWord(verdict)}</td>
    <td>${words(signal, 200)}</td>
    <td class="quiet">${plane}</td>
    <td>${since === null ? nothing : html`for ${ago(since, now)}`}</td>
  </tr> `;
}
