import { counted } from '../counted.ts';
import { formatShare, type SignalPast } from '../past.ts';
import type { Verdict } from '../verify.ts';
import { webAddress } from '../web-address.ts';
import { strip } from './html-history.ts';
import { html, type Markup, nothing, words } from './html-markup.ts';
import type { Report, SignalReport } from './report.ts';
import {
  about,
  besides,
  type Blindness,
  blindAlike,
  blindness,
  blindnessOf,
  recentChanges,
  runbooksOf,
  stateAndFacts,
} from './words.ts';

/** Of one cluster: this many failing signals stand open with this many findings each; JSON has everything. */
const OPEN = 20;
const MOST_FINDINGS = { open: 50, closed: 10 } as const;
const MOST_QUESTIONS = 20;
const MOST_NAMES = 12;
const MOST_RUNBOOKS = 3;
const MOST_FACTS = 10;
const MOST_WIDE_CELLS = 400;

type ClusterReport = Report['clusters'][number];
type Numbered = SignalReport & { readonly id: string };
/** What was recorded of a signal; undefined where nothing was. */
export type PastOf = (cluster: string, signal: string) => SignalPast | undefined;

const MARKS = { ok: '✓', failing: '✕', unknown: '?' } as const;

/** A verdict by mark, word and colour. */
export function verdictWord(verdict: Verdict): Markup {
  return html`<span class="word ${verdict}"
    ><span aria-hidden="true">${MARKS[verdict]}</span> ${verdict}</span
  >`;
}

/** One cell per signal in the order of the configuration; those that are not ok lead to their details. */
export function cells({ signals }: ClusterReport, at: number): Markup {
  return html`<div class="${signals.length > MOST_WIDE_CELLS ? 'cells dense' : 'cells'}">
    ${signals.map(({ signal, verdict }, index) =>
      verdict === 'ok'
        ? html`<span class="cell ok" title="${words(signal, 120)}: ok"></span>`
        : html`<a
            class="cell ${verdict}"
            href="#${idOf(at, index)}"
            title="${words(signal, 120)}: ${verdict}"
            aria-label="${words(signal, 120)}: ${verdict}"
            >${MARKS[verdict]}</a
          >`,
    )}
  </div>`;
}

/** A cluster's signals: failing ones with their findings, then what could not be observed, then the ok ones, folded. */
export function clusterSection(report: ClusterReport, at: number, checkedAt: string, pastOf: PastOf): Markup {
  const { cluster, verdict, cause } = report;
  const signals = report.signals.map((signal, index): Numbered => ({ ...signal, id: idOf(at, index) }));
  const failing = signals.filter((signal) => signal.verdict === 'failing');
  const unknown = signals.filter((signal) => signal.verdict === 'unknown');
  const ok = signals.filter((signal) => signal.verdict === 'ok');
  return html`<section>
    <h2 id="c${at}">${words(cluster, 120)} ${verdictWord(verdict)}</h2>
    ${cause === null ? nothing : html`<p><strong>Cause</strong> ${words(cause, 600)}</p>`}
    ${verdict === 'ok' ? nothing : facts(recentChanges(signals, checkedAt))}
    ${failing.map((signal, index) => failingSignal(signal, index < OPEN, pastOf(cluster, signal.signal)))}
    ${blindAlike(unknown).map(unknownSignals)} ${fineSignals(ok, cluster, pastOf)}
  </section> `;
}

function failingSignal(signal: Numbered, isOpen: boolean, past: SignalPast | undefined): Markup {
  const { findings, unavailable, evidence, runbook } = signal;
  const shown = findings.slice(0, isOpen ? MOST_FINDINGS.open : MOST_FINDINGS.closed);
  const telling = new Set(shown.flatMap(({ question }) => question ?? []));
  const others = evidence.questions.filter((question) => !telling.has(question));
  return html`<details class="signal is-failing" ${isOpen ? html` open` : nothing}>
    <summary>
      ${verdictWord('failing')}
      <h3>${words(signal.signal, 200)}</h3>
      <span class="quiet">${about(signal).join(' · ')}</span>
    </summary>
    <div id="${signal.id}">
      <table>
        <thead>
          <tr>
            <th>Expectation</th>
            <th>Of</th>
            <th>Observed</th>
            <th>Expected</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ expectation, subject, observed, expected }) =>
              html`<tr>
                <td data-is="Expectation"><strong>${words(expectation)}</strong></td>
                <td data-is="Of"><code>${words(subject)}</code></td>
                <td data-is="Observed"><span class="failing">${words(observed)}</span></td>
                <td data-is="Expected"><span>${words(expected)}</span></td>
              </tr> `,
          )}
        </tbody>
      </table>
      ${findings.length > shown.length ? html`<p class="quiet">… and ${counted(findings.length - shown.length, 'finding')} more; the JSON report has all.</p>` : nothing}
      ${
        unavailable.length > 0
          ? html`<p>Could not be observed besides:</p>
              ${reasons(blindness(unavailable), true)}`
          : nothing
      }
      ${facts([...besides(signal).map((beside) => beside.join(': ')), ...evidence.facts])}
      ${telling.size > 0 ? html`<p class="quiet">Ask again:</p>` : nothing}
      ${[...telling].slice(0, MOST_QUESTIONS).map(questionBlock)}
      ${
        others.length > 0
          ? html`<details class="more">
              <summary>${counted(others.length, 'question')} asked besides</summary>
              ${others.slice(0, MOST_QUESTIONS).map(questionBlock)}
            </details>`
          : nothing
      }
      ${past ? html`<div class="beside">${strip(past)}<span class="quiet">available ${formatShare(past.availability)}, left ok ${counted(past.turns, 'time')}</span></div>` : nothing}
      ${runbook === null ? nothing : html`<p>Runbook: ${runbookLink(runbook)}</p>`}
    </div>
  </details> `;
}

function facts(all: readonly string[]): Markup {
  if (all.length === 0) return nothing;
  return html`<ul class="quiet">
    ${all.slice(0, MOST_FACTS).map((fact) => html`<li>${words(fact)}</li>`)}
  </ul>`;
}

/** The text is one that a click selects whole, for the console. */
function questionBlock(question: string): Markup {
  return html`<pre>${words(question, 4000)}</pre>`;
}

function runbookLink(address: string): Markup {
  const url = webAddress(address);
  return url !== undefined
    ? html`<a href="${url}" rel="noopener noreferrer">${words(address)}</a>`
    : html`<code>${words(address)}</code>`;
}

function unknownSignals(members: readonly Numbered[]): Markup {
  const [first] = members;
  if (!first) return nothing;
  const named = (some: readonly Numbered[]) =>
    some.map(
      ({ id, signal }, index) =>
        html`${index === 0 ? '' : ', '}<span id="${id}">${words(signal, 120)}</span>`,
    );
  const planes = [...new Set(members.map(({ plane }) => plane))].join(', ');
  const others = members.slice(MOST_NAMES);
  const asked = [...new Set(members.flatMap(({ evidence }) => evidence.questions))].slice(0, MOST_QUESTIONS);
  return html`<div class="signal is-unknown">
    ${verdictWord('unknown')}
    <h3>${named(members.slice(0, MOST_NAMES))}</h3>
    <span class="quiet">${planes}</span>
    ${
      others.length > 0
        ? html`<details class="more">
            <summary>and ${others.length} more</summary>
            ${named(others)}
          </details>`
        : nothing
    }
    ${reasons(blindnessOf(members), members.length === 1)}
    ${runbooksOf(members)
      .slice(0, MOST_RUNBOOKS)
      .map((runbook) => html`<p>Runbook: ${runbookLink(runbook)}</p>`)}
    ${
      asked.length > 0
        ? html`<details class="more">
            <summary>What was asked</summary>
            ${asked.map(questionBlock)}
          </details>`
        : nothing
    }
  </div> `;
}

function reasons(all: readonly Blindness[], isOneSignal: boolean): Markup {
  return html`<ul>
    ${all.map(
      ({ reason, detail, expectations }) =>
        html`<li>
          <strong class="unknown">${reason}</strong
          >${isOneSignal ? ` for ${words(expectations.join(', '))}` : ''}: ${words(detail, 600)}
        </li>`,
    )}
  </ul>`;
}

function fineSignals(ok: readonly Numbered[], cluster: string, pastOf: PastOf): Markup {
  if (ok.length === 0) return nothing;
  const states = Map.groupBy(ok, ({ state }) => state);
  const odd = [...states].flatMap(([state, some]) =>
    state === null ? [] : [`${some.length} ${words(state, 40)}`],
  );
  const title = `${counted(ok.length, 'signal')} ok${odd.length === 0 ? '' : `, of them ${odd.slice(0, 5).join(', ')}`}`;
  return html`<details class="fine">
    <summary>${title}</summary>
    <table>
      <thead>
        <tr>
          <th>Signal</th>
          <th>Plane</th>
          <th>State</th>
          <th class="number">Live series</th>
          <th class="number">Available</th>
        </tr>
      </thead>
      <tbody>
        ${ok.map((one) => {
          const { signal, plane, state, evidence } = one;
          const past = pastOf(cluster, signal);
          return html`<tr>
            <td data-is="Signal"><span>${words(signal, 200)}</span></td>
            <td data-is="Plane">${plane}</td>
            <td data-is="State">
              <span>${words(stateAndFacts({ ...one, state: state ?? 'ok' }), 300)}</span>
            </td>
            <td data-is="Live series" class="number">${evidence.series ?? '–'}</td>
            <td data-is="Available" class="number">${past ? formatShare(past.availability) : '–'}</td>
          </tr> `;
        })}
      </tbody>
    </table>
  </details>`;
}

function idOf(cluster: number, signal: number): string {
  return `s${cluster}-${signal}`;
}
