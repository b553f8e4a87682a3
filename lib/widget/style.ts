import type { View } from './event.ts';

const PALETTES = {
  light: {
    text: '#1c2127',
    quiet: '#57606a',
    line: '#d9dee4',
    link: '#0b57a4',
    failing: '#b3261e',
    onFailing: '#ffffff',
    late: '#5b3a8c',
    onLate: '#ffffff',
    unknown: '#7a5200',
    onUnknown: '#ffffff',
    ok: '#1a6b3c',
    okPanel: '#d6ecdd',
    stale: '#eceff2',
    panel: '#fff4d6',
  },
  dark: {
    text: '#e4e7ea',
    quiet: '#a9b3bd',
    line: '#414d5c',
    link: '#84b9f2',
    failing: '#ff9a8f',
    onFailing: '#2b0f0d',
    late: '#cdb4f5',
    onLate: '#21123a',
    unknown: '#ecc25b',
    onUnknown: '#2a2005',
    ok: '#8fd9a8',
    okPanel: '#1f4733',
    stale: '#2d3540',
    panel: '#3a2f10',
  },
} as const;

/**
 * The style of what the dashboard is given, in the colours of its theme, within `.plumbline`: it stands in a page of
 * others. Nothing is painted behind the whole, and variables are not used, since the dashboard cleans what it is given.
 */
export function styleFor({ theme }: View): string {
  const of = PALETTES[theme];
  return `
.plumbline { color: ${of.text}; font: 13px/1.4 'Open Sans', system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.plumbline p { margin: 0 0 6px; }
.plumbline h4 { margin: 10px 0 4px; font-size: 13px; font-weight: 700; }
.plumbline a { color: ${of.link}; text-decoration: none; cursor: pointer; }
.plumbline a:hover { text-decoration: underline; }
.plumbline table { border-collapse: separate; border-spacing: 2px; color: inherit; font: inherit; }
.plumbline .wide { overflow-x: auto; }
.plumbline th { padding: 2px 6px; color: ${of.quiet}; font-weight: 400; font-size: 12px; text-align: left; white-space: nowrap; vertical-align: bottom; }
.plumbline td { padding: 2px 6px; vertical-align: top; }
.plumbline .cell { text-align: center; white-space: nowrap; border-radius: 3px; }
.plumbline th.plane { text-align: center; }
.plumbline .list { border-collapse: collapse; width: 100%; margin-bottom: 10px; }
.plumbline .list td, .plumbline .list th { border-bottom: 1px solid ${of.line}; padding: 3px 10px 3px 0; }
.plumbline.narrow .list tr { display: block; padding: 4px 0; border-bottom: 1px solid ${of.line}; }
.plumbline.narrow .list td { display: inline; border: 0; }
.plumbline.narrow .wide td:first-child { min-width: 130px; }
.plumbline .quiet { color: ${of.quiet}; }
.plumbline .word { font-weight: 700; white-space: nowrap; }
.plumbline .when { white-space: nowrap; }
.plumbline .failing { color: ${of.failing}; } .plumbline .late { color: ${of.late}; } .plumbline .unknown { color: ${of.unknown}; } .plumbline .ok { color: ${of.ok}; }
.plumbline .cell.failing { background: ${of.failing}; color: ${of.onFailing}; font-weight: 700; }
.plumbline .cell.unknown { background: ${of.unknown}; color: ${of.onUnknown}; font-weight: 700; }
.plumbline .cell.ok { background: ${of.okPanel}; color: ${of.ok}; }
.plumbline .cell.stale, .plumbline .cell.unjudged { background: ${of.stale}; color: ${of.quiet}; font-weight: 400; }
.plumbline .note { padding: 4px 8px; background: ${of.panel}; border-radius: 3px; }
.plumbline .tally span { margin-right: 12px; white-space: nowrap; }
`;
}
