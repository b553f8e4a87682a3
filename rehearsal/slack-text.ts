interface Block {
  readonly type?: string;
  readonly text?: { readonly text?: string };
  readonly elements?: readonly { readonly text?: string }[];
}

/** Roughly what Slack shows of a Block Kit payload: the texts of its blocks, links written out, escapes undone. */
export function slackAsText(payload: unknown): string {
  const { blocks = [] } = payload as { blocks?: readonly Block[] };
  return blocks
    .flatMap(({ type, text, elements = [] }) => {
      if (type === 'divider') return ['────────'];
      return [text?.text ?? '', ...elements.map((element) => element.text ?? '')].filter(
        (part) => part !== '',
      );
    })
    .join('\n')
    .replaceAll(/<([^<>|]+)\|([^<>|]+)>/g, '$2: $1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
