/**
 * The query API below a base URL. Sources disagree on how a workspace's URL ends (aws-api-facts §1.1), so any of
 * `…/workspaces/ws-…/`, `…/api/v1/`, `…/api/v1/remote_write` and `…/api/v1/query` is accepted.
 */
export function queryUrl(base: string): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api\/v1(\/(remote_write|query))?$/, '');
  url.pathname = `${path.replace(/\/+$/, '')}/api/v1/query`;
  url.search = '';
  url.hash = '';
  return url;
}
