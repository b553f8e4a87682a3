import { isObject, unknownKey } from '../events.ts';

/** How the dashboard that asks looks. */
export interface View {
  readonly theme: 'light' | 'dark';
  /** Pixels. */
  readonly width: number;
}

/** What an event of a CloudWatch dashboard asks the function `widget` to draw. */
export type WidgetRequest =
  | { readonly what: 'documentation' }
  | { readonly what: 'cluster'; readonly cluster: string; readonly view: View }
  | {
      readonly what: 'estate';
      /** Names; none means all. */
      readonly clusters: readonly string[];
      readonly view: View;
    };

const KEYS = ['describe', 'cluster', 'clusters', 'widgetContext'];
const USUAL_WIDTH = 1200;
const MOST_NAMES = 1000;

/**
 * What `widget` is asked: `describe`, one `cluster`, or the estate, of which `clusters` may choose. What is wrong is a
 * problem; of `widgetContext`, which the dashboard adds, what cannot be read is taken as usual. Never throws.
 */
export function readWidgetEvent(
  event: unknown,
): WidgetRequest | { readonly problems: readonly string[]; readonly view: View } {
  const asked = isObject(event) ? event : {};
  const view = viewOf(asked['widgetContext']);
  if (asked['describe'] === true) return { what: 'documentation' };
  const problems: string[] = [];
  for (const key of Object.keys(asked)) unknownKey(key, KEYS, problems);
  const { cluster, clusters = [] } = asked;
  if (cluster !== undefined && typeof cluster !== 'string') problems.push('cluster is not a name');
  if (!isListOfNames(clusters))
    problems.push('clusters is not a list of names; write clusters: [prod-eu], or leave it out');
  if (problems.length > 0) return { problems, view };
  if (typeof cluster === 'string') return { what: 'cluster', cluster, view };
  return { what: 'estate', clusters: isListOfNames(clusters) ? clusters : [], view };
}

function viewOf(context: unknown): View {
  const { theme, width } = isObject(context) ? context : {};
  return {
    theme: theme === 'dark' ? 'dark' : 'light',
    width: typeof width === 'number' && width > 0 ? width : USUAL_WIDTH,
  };
}

function isListOfNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= MOST_NAMES && value.every((name) => typeof name === 'string')
  );
}
