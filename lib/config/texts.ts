import * as z from 'zod/mini';
import { textLike } from './values.ts';

/** One `${env:NAME}` inside a text. */
export const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The name of a cluster or a signal: what reports, alerts and the command line call it. */
export const name = textLike(
  /^(?=.{1,200}$)[^\s\p{Cc}\p{Cs}](?:[^\p{Cc}\p{Cs}]*[^\s\p{Cc}\p{Cs}])?$/u,
  'is not a name; write 1 to 200 characters without line breaks, such as prod-eu',
);

export const metricName = textLike(
  // A selector or a call is a slip; no metric of Prometheus or CloudWatch has these forms.
  /^(?![a-z_:0-9]*(?:\(.*\)|\[)|.*\b(?:by|without) ?\()[^\p{Cc}\p{Cs}{]+$/u,
  'is not the name of a metric; write the name alone, such as scrape_duration_seconds, and its labels under match',
);

export const namespace = textLike(
  /^(?!:)[\w./#:-]{1,255}$/,
  'is not a CloudWatch namespace; write it as CloudWatch shows it, such as ContainerInsights/Prometheus',
);

export const region = textLike(
  /^[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}$/,
  'is not an AWS region; write one such as eu-west-1',
);

export const role = textLike(
  /^arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:role\/[A-Za-z0-9_+=,.@/-]+$/,
  'is not the ARN of an IAM role; write one such as arn:aws:iam::111122223333:role/plumbline-reader',
);

export const externalId = textLike(
  /^[A-Za-z0-9_+=,.@:/-]{2,1224}$/,
  'is not an external id; write 2 to 1224 letters, digits or _+=,.@:/-',
);

export const workspace = textLike(
  /^ws-[A-Za-z0-9-]+$/,
  'is not the id of an AMP workspace; write one such as ws-1234 (its id, not its alias or ARN)',
);

export const prometheusUrl = url(
  '^https?://[^\\s\\\\@?#]+$',
  'is not the base URL of a Prometheus; write one such as http://127.0.0.1:9090, without user, query and fragment',
  (found) => isPlain(found),
);

/** Signed requests carry credentials, so plain http goes no further than this machine. */
export const endpointUrl = url(
  '^https?://[^\\s\\\\@?#]+$',
  'is not an endpoint; write an https URL without user, query and fragment (http only for this machine: 127.0.0.1)',
  (found) => isPlain(found) && (found.protocol === 'https:' || isLoopback(found.hostname)),
);

export const runbookUrl = url(
  '^https?://[^\\s\\\\]+$',
  'is not the address of a runbook; write an http or https URL without user',
  (found) => found.username === '' && found.password === '',
);

export const snsTopic = reference(
  'arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{1,12}:[A-Za-z0-9_.-]+',
  'is not a topic; write its ARN, ${env:NAME}, ssm:/path or secretsmanager:NAME',
);

const NOT_A_WEBHOOK = 'is not a reference; write ssm:/path, secretsmanager:NAME or ${env:NAME}';
const A_LITERAL_WEBHOOK =
  'is the webhook itself, which is a secret; store it and write ssm:/path or secretsmanager:NAME';

export const slackWebhook = reference('', (text) =>
  /https?:/i.test(text) ? A_LITERAL_WEBHOOK : NOT_A_WEBHOOK,
);

function url(pattern: string, error: string, fits: (found: URL) => boolean) {
  const form = new RegExp(pattern);
  const isFitting = (text: string) => {
    const found = form.test(text) ? URL.parse(text) : null;
    return found !== null && fits(found);
  };
  return z.string({ error }).check(z.refine(isFitting, { error }), z.meta({ pattern }));
}

function isPlain(found: URL): boolean {
  return found.username === '' && found.password === '' && !/[?#]/.test(found.href);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A place where a value is kept, or a text of the `literal` form; `${env:…}` may be the whole or a part of it. */
function reference(literal: string, problem: string | ((text: string) => string)) {
  const forms = [
    'ssm:/?[A-Za-z0-9_./-]+',
    'secretsmanager:[A-Za-z0-9_/+=.@:-]+',
    ...(literal ? [literal] : []),
  ];
  const pattern = new RegExp(`^(?:${forms.join('|')})$`);
  const fits = (text: string) =>
    text.replace(REFERENCE, '') === '' ? text !== '' : pattern.test(text.replace(REFERENCE, '0'));
  const error = (issue: { readonly input?: unknown }) =>
    typeof problem === 'string' ? problem : problem(typeof issue.input === 'string' ? issue.input : '');
  return z.string({ error }).check(z.refine(fits, { error }), z.meta({ pattern: pattern.source }));
}
