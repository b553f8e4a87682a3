/** What `describe` is answered, in Markdown: the console shows it to who adds the widget to a dashboard. */
export const DOCUMENTATION = `## Plumbline: the health of what your collectors send

All clusters by all planes, the worst first, with open incidents, how long and why, and when each cluster was verified
last. It reads what scheduled runs remember, and asks no plane. A click on a cluster shows its signals.

### Parameters

| Name | Type | |
|---|---|---|
| **clusters** | list of names | shows these alone; all where it is left out |

### Example

\`\`\`yaml
clusters: [prod-eu, staging]
\`\`\`
`;
