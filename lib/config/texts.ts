import * as z from 'zod/mini';
import { parseState } from '../stores/place.ts';
import { isSafeToSign } from '../web-address.ts';
import { unlessAddress } from './addresses.ts';
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
  /^(?!:|arn:)[\w./#:-]{1,255}$/,
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
  unlessAddress(
    'workspace',
    'is not the id of an AMP workspace; write one such as ws-1234 (its id, not its alias)',
  ),
);

export const logGroup = textLike(
  /^[\w./#-]{1,512}$/,
  unlessAddress(
    'logGroup',
    'is not the name of a log group; write it as CloudWatch Logs shows it, such as /aws/containerinsights/prod-eu/performance',
  ),
);

export const streamPattern = textLike(
  /^(?=[^{}:*\p{Cc}]*(?:\{[A-Za-z_]\w*\}[^{}:*\p{Cc}]*)*$).{1,512}$/u,
  "is not a pattern for names of log streams; write text in which {name} stands for what differs, such as '{ns}.{pod}.{container}'",
);

export const traceService = textLike(
  /^[^\p{Cc}\p{Cs}"\\]{1,200}$/u,
  'is not the name of a service in X-Ray; write what its spans have as service.name',
);

export const addon = textLike(
  /^(?:[A-Za-z0-9][\w-]{0,99}\/)?[A-Za-z0-9][\w-]{0,99}$/,
  unlessAddress(
    'addon',
    'is not an add-on; write its name, such as adot, or EKS-CLUSTER/adot where the EKS cluster has another name than this cluster',
  ),
);

export const ecsService = textLike(
  /^(?:[\w-]{1,255}\/)?[\w-]{1,255}$/,
  unlessAddress(
    'ecsService',
    'is not an ECS service; write its name, or ECS-CLUSTER/SERVICE where the ECS cluster has another name than this cluster',
  ),
);

export const accountId = textLike(
  /^[0-9]{12}$/,
  'is not the id of an AWS account; write its twelve digits in quotes',
);

export const addonVersion = textLike(
  /^v?[0-9][\w.+-]{0,99}$/,
  'is not the version of an add-on; write one such as v0.109.0-eksbuild.1',
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
  (found) => isPlain(found) && isSafeToSign(found),
);

export const runbookUrl = url(
  '^https?://[^\\s\\\\]+$',
  'is not the address of a runbook; write an http or https URL without user',
  (found) => found.username === '' && found.password === '',
);

const wordsOfState = ({ input }: { readonly input?: unknown }): string => {
  const place = parseState(typeof input === 'string' ? input : '');
  return 'problem' in place ? place.problem : '';
};

/** Where a store keeps what outlives a run. */
export const state = z.string({ error: wordsOfState }).check(
  z.refine((text) => !('problem' in parseState(text)), { error: wordsOfState }),
  z.meta({ pattern: '^(?:dynamodb|file):.+$' }),
);

export const snsTopic = reference(
  'arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{1,12}:[A-Za-z0-9_.-]+',
  'is not a topic; write its ARN, ${env:NAME}, ssm:/path or secretsmanager:NAME',
);

const NOT_A_REFERENCE = 'is not a reference; write ssm:/path, secretsmanager:NAME or ${env:NAME}';
const STORE_IT = 'which is a secret; store it and write ssm:/path, secretsmanager:NAME or ${env:NAME}';

export const slackWebhook = reference('', (text) =>
  /https?:/i.test(text) ? `is the webhook itself, ${STORE_IT}` : NOT_A_REFERENCE,
);

export const pagerdutyKey = reference('', (text) =>
  /^[\w-]{32}$/.test(text) ? `is the routing key itself, ${STORE_IT}` : NOT_A_REFERENCE,
);

export const webhookSecret = reference('', (text) =>
  text.startsWith('whsec_')
    ? 'is the secret itself; store it and write ssm:/path, secretsmanager:NAME or ${env:NAME}'
    : NOT_A_REFERENCE,
);

/** An address that is posted to. What is sent is told to nobody on the way, and goes no further over plain http. */
const HTTPS = 'https://(?!hooks\\.slack)[^\\s\\\\@]+|http://127\\.0\\.0\\.1(?::[0-9]+)?(?:/[^\\s\\\\@]*)?';

export const webhookUrl = reference(HTTPS, (text) =>
  text.includes('hooks.slack')
    ? 'is a Slack webhook, which is a secret; store it and write slack: ssm:/path, secretsmanager:NAME or ${env:NAME}'
    : 'is not the address of a webhook; write an https URL without user, ssm:/path, secretsmanager:NAME or ${env:NAME}',
);

export const heartbeatUrl = reference(
  HTTPS,
  'is not an address that can be called; write an https URL without user, ssm:/path, secretsmanager:NAME or ${env:NAME}',
);

export const pagerdutyEndpoint = reference(
  HTTPS,
  'is not an endpoint; write https://events.pagerduty.com or https://events.eu.pagerduty.com (http only for 127.0.0.1)',
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
