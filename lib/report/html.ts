import { counted } from '../counted.ts';
import { createHash } from 'node:crypto';
import { instant } from '../instant.ts';
import type { Past } from '../past.ts';
import { historySection } from './html-history.ts';
import { html as markup, type Markup, nothing, words } from './html-markup.ts';
import { cells, clusterSection, verdictWord } from './html-signals.ts';
import { style } from './html-style.ts';
import type { Report } from './report.ts';
import { tally, took } from './words.ts';

export interface HtmlExtras {
  /** What was recorded of the clusters; undefined where nothing is remembered. */
  readonly past?: Past | undefined;
  /** Why what was recorded could not be read. */
  readonly pastProblem?: string | undefined;
}

/** Nothing but this page's own style is loaded or run, whatever the texts from outside hold. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The report as one HTML file that needs no network and runs no script: verdicts at a glance, findings, evidence and
 * questions, what could not be observed, and the past where it is given.
 */
export function html(report: Report, { past, pastProblem }: HtmlExtras = {}): string {
  const signals = report.clusters.flatMap((cluster) => cluster.signals);
  const byName = new Map(
    past?.signals.map((signal) => [JSON.stringify([signal.cluster, signal.signal]), signal]),
  );
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${report.verdict}: ${tally(signals)} · Plumbline</title>
<style>${{ markup: style }}</style>
</head>
<body>
<header>
<h1>${verdictWord(report.verdict)}</h1>
<p>${tally(signals)}</p>
<p class="quiet">Plumbline ${words(report.tool.version, 40)} · <time datetime="${report.checkedAt}">${instant(report.checkedAt)}</time> · took ${took(report.durationMs)}</p>
</header>
<main>
${glance(report)}
${report.clusters.map((cluster, at) => clusterSection(cluster, at, report.checkedAt, (name, signal) => byName.get(JSON.stringify([name, signal]))))}
${past || pastProblem !== undefined ? historySection(past, pastProblem) : nothing}
</main>
<footer class="quiet">All times are UTC. A question is selected whole by a click, for the console of its plane.</footer>
</body>
</html>
`;
  return page.markup;
}

function glance({ clusters }: Report): Markup {
  return markup`<table class="glance">
<thead><tr><th>Verdict</th><th>${counted(clusters.length, 'cluster')}</th><th>Signals, in the order of the configuration</th></tr></thead>
<tbody>${clusters.map(
    (cluster, at) => markup`<tr>
<td data-is="Verdict">${verdictWord(cluster.verdict)}</td>
<td data-is="Cluster"><span><a href="#c${at}">${words(cluster.cluster, 120)}</a><br><span class="quiet">${tally(cluster.signals)}</span></span></td>
<td>${cells(cluster, at)}</td></tr>
`,
  )}</tbody></table>`;
}
