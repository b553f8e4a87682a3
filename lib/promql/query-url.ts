/** The query API below a base URL. */
export function queryUrl(base: string): URL {
  return apiUrl(base, 'query');
}

/**
 * An API of Prometheus below a base URL, such as `query` or `remote_write`. Sources disagree on how a workspace's URL ends
 * (aws-api-facts §1.1), so any of `…/workspaces/ws-…/`, `…/api/v1/`, `…/api/v1/remote_write` and `…/api/v1/query` is
 * accepted.
 */
export function apiUrl(base: string, name: string): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api\/v1(\/(remote_write|query))?$/, '');
  url.pathname = `${path.replace(/\/+$/, '')}/api/v1/${name}`;
  url.search = '';
  url.hash = '';
  return url;
}
