/** The grammar of PromQL, for the queries of users. */
export interface PromqlSyntax {
  /** Why the query cannot be asked, with its place and a remedy; undefined where its syntax is right. */
  readonly problem: (query: string) => string | undefined;
}

const REMEDY = 'paste it into the console of a Prometheus to try it';
/** What an instant query cannot return as numbers of this moment. */
const NO_VALUES: Readonly<Record<string, string>> = {
  MatrixSelector: 'is a range, which has no value of its own; put a function around it, such as rate(…)',
  SubqueryExpr:
    'is a range, which has no value of its own; put a function around it, such as max_over_time(…)',
  StringLiteral: 'is a text; write a query whose values are numbers',
};

/**
 * Opens the grammar, which configurations without such a query, and Lambdas that read a built one, never load. It knows
 * the syntax and the names of functions, not their types: that, the server says.
 */
export async function openPromqlSyntax(): Promise<PromqlSyntax> {
  const { parser } = await import('@prometheus-io/lezer-promql');
  return {
    problem: (query) => {
      const tree = parser.parse(query);
      let wrong: number | undefined;
      tree.iterate({
        enter: ({ type, from }) => {
          if (type.isError) wrong ??= from;
        },
      });
      let top = tree.topNode.firstChild;
      while (top && (top.name === 'ParenExpr' || top.name === 'LineComment')) {
        top = top.name === 'ParenExpr' ? (top.firstChild?.nextSibling ?? top.firstChild) : top.nextSibling;
      }
      if (!top) return `is no PromQL: it is empty; ${REMEDY}`;
      if (wrong !== undefined) return `is no PromQL: ${whereWrong(query, wrong)}; ${REMEDY}`;
      return NO_VALUES[top.name];
    },
  };
}

/** What is wrong where: the query itself is not quoted at length, for it may be long. */
function whereWrong(query: string, at: number): string {
  const lines = query.slice(0, at).split('\n');
  const line = lines.length > 1 ? `line ${lines.length}, ` : '';
  const place = `${line}character ${(lines.at(-1) ?? '').length + 1}`;
  return query.slice(at).trim() === '' ? `it ends too soon, at ${place}` : `it goes wrong at ${place}`;
}
