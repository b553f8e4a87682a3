import type { Fault, Path } from './problems.ts';
import { REFERENCE } from './texts.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Resolved {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** Where a text was left out, because what it refers to is not known. */
  readonly open: readonly Path[];
}

/**
 * The document with every `${env:NAME}` replaced, once: what a variable says is never read for references again.
 * Where a channel is stays a reference, of which only the syntax is judged. No message tells a variable's value.
 */
export function resolveReferences(document: unknown, env: Env): Resolved {
  return walk(document, (text) => {
    const unset = namesIn(text).find((name) => valueOf(env, name) === '');
    if (unset === undefined)
      return { value: text.replace(REFERENCE, (_, name: string) => valueOf(env, name)) };
    return {
      says: `needs the environment variable ${unset.slice(0, 60)}, which is not set; set it, or write the value`,
    };
  });
}

/** The document with every text that holds a reference left out: what can be judged before the references are known. */
export function omitReferences(document: unknown): Resolved {
  return walk(document, () => ({ value: undefined }));
}

function namesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map(([, name = '']) => name);
}

function valueOf(env: Env, name: string): string {
  return (Object.hasOwn(env, name) ? env[name] : undefined) ?? '';
}

type Replace = (text: string) => { readonly value: string | undefined } | { readonly says: string };

function walk(document: unknown, replace: Replace): Resolved {
  const faults: Fault[] = [];
  const open: Path[] = [];
  const path: (string | number)[] = [];
  const fault = (says: string) => faults.push({ path: [...path], on: 'value', level: 'error', says });

  /** What holds no reference is returned as it is: most of a large configuration is not copied. */
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return value.includes('${') ? text(value) : value;
    if (Array.isArray(value)) return list(value);
    return isObject(value) ? mapping(value) : value;
  };
  const inside = (key: string | number, value: unknown): unknown => {
    if (typeof value === 'string' ? !value.includes('${') : typeof value !== 'object') return value;
    path.push(key);
    const visited = visit(value);
    path.pop();
    return visited;
  };
  const list = (items: readonly unknown[]) => {
    let copy: unknown[] | undefined;
    for (const [index, item] of items.entries()) {
      const visited = inside(index, item);
      if (visited === item) continue;
      copy ??= [...items];
      copy[index] = visited;
    }
    return copy ?? items;
  };
  const mapping = (value: Readonly<Record<string, unknown>>) => {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      if (key.includes('${env'))
        faults.push({ path: [...path, key], on: 'key', level: 'error', says: KEY_REFERENCE });
      const visited = inside(key, value[key]);
      if (visited === value[key]) continue;
      copy ??= { ...value };
      setOwn(copy, key, visited);
    }
    return copy ?? value;
  };
  const text = (value: string) => {
    const rest = value.replace(REFERENCE, '');
    const malformed = rest.includes('${env');
    if (!malformed) warnAboutOthers(rest);
    if (!malformed && (isChannelSecret(path) || rest === value)) return value;
    const replaced = malformed ? { says: MALFORMED } : replace(value);
    if ('value' in replaced && replaced.value !== undefined) return replaced.value;
    if ('says' in replaced) fault(replaced.says);
    open.push([...path]);
    return undefined;
  };
  const warnAboutOthers = (rest: string) => {
    const [, other] = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/.exec(rest) ?? [];
    if (other === undefined) return;
    const says = `is taken literally; to read an environment variable write \${env:${other.slice(0, 60)}}`;
    faults.push({ path: [...path], on: 'value', level: 'warning', says });
  };
  return { value: visit(document), faults, open };
}

const MALFORMED = 'holds a malformed reference; write ${env:NAME}, the name in letters, digits and _';
const KEY_REFERENCE = 'holds a reference, which only values may; write the key itself';

/** Below `alerts.channels`, except for what a channel is limited to: that is needed before anything is sent. */
export function isChannelSecret(path: Path): boolean {
  return path[0] === 'alerts' && path[1] === 'channels' && path[3] !== 'only';
}

/** Sets what a plain assignment would lose: the key `__proto__`. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
