/**
 * CloudWatch's filter patterns over JSON lines, as far as infrastructure/metrics.yml uses them: `$.field = "value"`, with
 * `*` for any characters, `$.field = *` for any number, `$.field IS TRUE`, `&&` before `||`, and parentheses (CloudWatch
 * Logs user guide, "Filter pattern syntax").
 */
export function filterPattern(pattern: string): (line: object) => boolean {
  const tokens = pattern.match(/"[^"]*"|\$\.\w+|&&|\|\||[(){}=]|\S+/g) ?? [];
  const next = () => tokens.shift() ?? 'the end';
  const take = (wanted: string) => {
    const found = next();
    if (found !== wanted) throw new Error(`${wanted} expected, not ${found}, in ${pattern}`);
  };
  type Test = (line: object) => boolean;

  const either = (): Test => {
    const tests = [both()];
    while (tokens[0] === '||' && next()) tests.push(both());
    return (line) => tests.some((test) => test(line));
  };
  const both = (): Test => {
    const tests = [one()];
    while (tokens[0] === '&&' && next()) tests.push(one());
    return (line) => tests.every((test) => test(line));
  };
  const one = (): Test => {
    const token = next();
    if (token === '(') {
      const inner = either();
      take(')');
      return inner;
    }
    const [, field] = /^\$\.(\w+)$/.exec(token) ?? [];
    if (field === undefined) throw new Error(`A field expected, not ${token}, in ${pattern}`);
    const valueIn = (line: object) => new Map<string, unknown>(Object.entries(line)).get(field);
    if (tokens[0] === 'IS') {
      next();
      take('TRUE');
      return (line) => valueIn(line) === true;
    }
    take('=');
    const wanted = next();
    if (wanted === '*') return (line) => typeof valueIn(line) === 'number';
    const form = new RegExp(`^${wanted.slice(1, -1).split('*').map(RegExp.escape).join('.*')}$`);
    return (line) => {
      const value = valueIn(line);
      return value !== undefined && form.test(String(value));
    };
  };

  take('{');
  const test = either();
  take('}');
  if (tokens.length > 0) throw new Error(`More than a pattern: ${pattern}`);
  return test;
}
