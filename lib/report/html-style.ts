/** The style of the page: light and dark, wide and narrow, screen and paper. A verdict has a mark and a word besides. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1c2127; --quiet: #57606a; --line: #d9dee4; --panel: #f6f8fa;
  --failing: #b3261e; --failing-panel: #fdeceb; --unknown: #7a5200; --unknown-panel: #fff4d6;
  --ok: #1a6b3c; --ok-panel: #c4e3cf; --link: #0b57a4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --text: #e4e7ea; --quiet: #a0a9b2; --line: #343b43; --panel: #1c2125;
    --failing: #ff9a8f; --failing-panel: #43201d; --unknown: #ecc25b; --unknown-panel: #3a2f10;
    --ok: #7fd19b; --ok-panel: #24503a; --link: #84b9f2;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
body > * { max-width: 76rem; margin-inline: auto; padding-inline: 1.25rem; }
header { padding-block: 1.5rem 0.25rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; }
h2 { margin: 2rem 0 0.5rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.15rem; }
h3 { display: inline; margin: 0; font-size: 1rem; }
p { margin: 0.25rem 0; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
.failing { color: var(--failing); } .unknown { color: var(--unknown); } .ok { color: var(--ok); }
.word { font-weight: 600; white-space: nowrap; }
code, pre { font: 12.5px/1.45 ui-monospace, 'SF Mono', 'DejaVu Sans Mono', monospace; }
pre { margin: 0.4rem 0; padding: 0.5rem 0.65rem; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; user-select: all; }
table { width: 100%; border-collapse: collapse; }
th { padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); color: var(--quiet); font-weight: 500; font-size: 0.85rem; text-align: left; }
td { padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr > :last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.time { white-space: nowrap; }
.glance td:first-child { width: 6.5rem; } .glance td:nth-child(2) { width: 20rem; }
.cells { display: flex; flex-wrap: wrap; gap: 2px; }
.cell { width: 15px; height: 15px; border-radius: 2px; font: 700 11px/15px system-ui, sans-serif; text-align: center; text-decoration: none; }
.dense .cell.ok { width: 5px; }
.cell.ok { background: var(--ok-panel); } .cell.failing { background: var(--failing); color: var(--page); } .cell.unknown { background: var(--unknown); color: var(--page); }
.signal { margin: 0.6rem 0; padding: 0.55rem 0.8rem; border: 1px solid var(--line); border-left: 4px solid; border-radius: 4px; }
.signal.is-failing { border-left-color: var(--failing); } .signal.is-unknown { border-left-color: var(--unknown); }
.signal .word { margin-right: 0.35rem; }
.beside { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: end; margin-top: 0.5rem; }
.signal p, .signal table { margin-top: 0.5rem; }
.signal td:first-child { width: 11rem; }
.more > summary { color: var(--quiet); }
summary { cursor: pointer; }
[id] { scroll-margin-top: 4rem; }
svg.strip { display: block; flex: none; width: 14rem; max-width: 100%; height: 18px; background: var(--panel); border-bottom: 1px solid var(--line); }
.strip .failing { fill: var(--failing); } .strip .unknown { fill: var(--unknown); } .strip .ok { fill: var(--ok); opacity: 0.55; }
.key { margin-inline: 0.25rem; white-space: nowrap; }
.swatch { display: inline-block; width: 0.6rem; margin-right: 0.25rem; vertical-align: baseline; }
.swatch.failing { height: 0.9rem; background: var(--failing); } .swatch.unknown { height: 0.55rem; background: var(--unknown); } .swatch.ok { height: 0.2rem; background: var(--ok); opacity: 0.55; }
.note { padding: 0.5rem 0.75rem; background: var(--unknown-panel); border-radius: 4px; }
ul { margin: 0.4rem 0 0; padding-left: 1.2rem; }
footer { margin-top: 2rem; padding-block: 1rem 2rem; }
@media (max-width: 46rem) {
  body > * { padding-inline: 0.8rem; }
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: block; padding-block: 0.35rem; border-bottom: 1px solid var(--line); }
  td, td.number, .glance td:first-child, .glance td:nth-child(2), .signal td:first-child { display: flex; gap: 0.5rem; width: auto; padding: 0.1rem 0; border: 0; text-align: left; }
  td[data-is]::before { flex: 0 0 5.5rem; color: var(--quiet); content: attr(data-is); }
  td > * { min-width: 0; }
  .time { white-space: normal; }
}
@media print {
  body { font-size: 11px; }
  .signal, tr { break-inside: avoid; }
  .cell, .swatch, svg, .signal { print-color-adjust: exact; }
  details::details-content { content-visibility: visible; }
}
`;
