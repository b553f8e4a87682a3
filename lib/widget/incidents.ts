import { html, type Markup, nothing, words } from '../report/html-markup.ts';
import { webAddress } from '../web-address.ts';
import type { OpenIncident } from './estate.ts';
import { ago, andMore, asking, type Drawing, stateWord } from './parts.ts';

/** The open incidents: what, for how long, why, and what is known beside it. At most `most` are named. */
export function incidentList(incidents: readonly OpenIncident[], most: number, drawing: Drawing): Markup {
  if (incidents.length === 0) return nothing;
  return html`<h4>Open incidents: ${incidents.length.toLocaleString('en')}</h4>
    <table class="list">
      ${incidents.slice(0, most).map(
        (incident) =>
          html`<tr>
            <td>${stateWord(incident.what === 'failing' ? 'failing' : 'unknown')}</td>
            <td>${asking(incident.cluster, { cluster: incident.cluster }, drawing)}</td>
            <td>${words(incident.signal, 120)} <span class="quiet">(${incident.plane})</span></td>
            <td>for ${ago(incident.since, drawing.now)}</td>
            <td>${about(incident)}</td>
          </tr> `,
      )}
    </table>
    ${andMore(incidents.length - most, 'open incidents')}`;
}

/** Why it is open, and what else is worth a word. */
export function about({ because, severity, isRecovering, heldBy, runbook }: OpenIncident): Markup {
  const url = runbook === undefined ? undefined : webAddress(runbook);
  return html`${words(because, 200)}${severity === 'warning' ? ', a warning' : ''}${isRecovering ? ', recovering' : ''}${heldBy === undefined ? '' : `, held back by ${words(heldBy, 120)}`}${url === undefined ? nothing : html` · <a href="${url}" target="_blank" rel="noopener noreferrer">runbook</a>`}`;
}
