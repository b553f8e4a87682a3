import { expect } from 'vitest';
import type { Canned } from './contract.ts';

export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';
export const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

export const CODES: Readonly<Record<number, string>> = {
  400: 'InvalidParameter',
  401: 'UnrecognizedClientException',
  403: 'AuthorizationError',
  404: 'NotFound',
  429: 'Throttling',
  500: 'InternalFailure',
};

export function refused(status: number, code = CODES[status] ?? 'ServiceUnavailable', said = 'no'): Canned {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${said}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  };
}

/** The client finds the server as users' endpoints are found: by the environment. */
const NAME = 'AWS_ENDPOINT_URL_SNS';
const earlier = process.env[NAME];

/** For `beforeEach`, and for every server that a test opens. */
export function pointAt(url: string | undefined): () => void {
  return () => {
    if (url !== undefined) process.env[NAME] = url;
  };
}

export function leaveEndpoint(): void {
  if (earlier === undefined) Reflect.deleteProperty(process.env, NAME);
  else process.env[NAME] = earlier;
}

interface Published {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<
    Record<string, { readonly DataType: string; readonly StringValue: string }>
  >;
}

/** Limits of SNS. */
export function judgeEnvelope(rendering: string): void {
  const { Subject, Message, MessageAttributes } = JSON.parse(rendering) as Published;
  expect(Subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
  expect(Message.trim()).not.toBe('');
  let size = Buffer.byteLength(Message);
  for (const [name, { DataType, StringValue }] of Object.entries(MessageAttributes)) {
    expect(StringValue).not.toBe('');
    size += Buffer.byteLength(name + DataType + StringValue);
  }
  expect(size).toBeLessThanOrEqual(256 * 1024);
  for (const text of [Message, ...Object.values(MessageAttributes).map(({ StringValue }) => StringValue)])
    expect(text.isWellFormed()).toBe(true);
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  expect(Message).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
}
