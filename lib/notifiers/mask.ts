/** Long words, and longer ones as Base64 has them: keys, tokens and signatures. */
const LIKE_A_KEY = /[\w+/=]{40,}|\w{20,}/g;

/** What a service says, without these secrets and whatever else looks like a key. */
export function masked(text: string, secrets: readonly string[]): string {
  const told = secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '…')), text);
  return told.replace(LIKE_A_KEY, '…');
}
