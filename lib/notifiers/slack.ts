import { postable } from './address.ts';
import { deliver, resolved, type Send } from './notifier.ts';
import { jsonOf, post } from './post.ts';
import { slackPayload } from './slack-blocks.ts';

/** Slack, by an incoming webhook, whose address is a secret: no word of it leaves this file. */
export function slack(reference: string): Send {
  return (message, ports) =>
    deliver(async (signal) => {
      const webhook = await resolved(
        reference,
        { name: 'the https URL of a webhook', fit: postable },
        ports,
        signal,
      );
      if ('delivered' in webhook) return webhook;
      const body = jsonOf(slackPayload(message));
      return post({ url: webhook.value, body, explain: word, isFrom: isSlack }, ports, signal);
    }, ports);
}

/** Slack says what is wrong in one word, such as `no_service`. Anything else may echo the address, and is not told. */
function word(body: string): string {
  return /^[a-z]+(?:_[a-z]+){0,6}$/.test(body) && body.length <= 40 ? body : '';
}

/** `ok`, or what workflows and servers that speak Slack's language answer. A page, or nothing, is somebody else. */
function isSlack(body: string): boolean {
  return /^ok$|"(?:ok|success)"\s*:\s*true/.test(body);
}
