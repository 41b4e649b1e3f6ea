import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

interface Names {
  names: Record<string, string>;
  values: Record<string, AttributeValue>;
}

/** A condition of DynamoDB, as far as the ledger uses the language: what it does not know it throws at. */
export function holds(expression: string, item: Item | undefined, { names, values }: Names): boolean {
  const tokens = expression.match(/[#:]?\w+|<>|<=|>=|[=<>(),]/g) ?? [];
  let next = 0;
  const take = (): string => tokens[next++] ?? '';
  const expectToken = (token: string): void => {
    const found = take();
    if (found !== token) throw new Error(`"${expression}": expected ${token}, found "${found}"`);
  };
  const nameOf = (token: string): string => {
    const name = token.startsWith('#') ? names[token] : token;
    if (name === undefined) throw new Error(`"${expression}": ${token} stands for nothing`);
    return name;
  };
  const operand = (token: string): string | number | undefined => {
    const value = token.startsWith(':') ? values[token] : item?.[nameOf(token)];
    return value?.N === undefined ? value?.S : Number(value.N);
  };

  const either = (): boolean => {
    let met = both();
    while (tokens[next]?.toUpperCase() === 'OR') {
      next += 1;
      met = both() || met;
    }
    return met;
  };
  const both = (): boolean => {
    let met = one();
    while (tokens[next]?.toUpperCase() === 'AND') {
      next += 1;
      met = one() && met;
    }
    return met;
  };
  const one = (): boolean => {
    const token = take();
    if (token.toUpperCase() === 'NOT') return !one();
    if (token === '(') {
      const met = either();
      expectToken(')');
      return met;
    }
    if (token === 'attribute_exists' || token === 'attribute_not_exists') {
      expectToken('(');
      const name = nameOf(take());
      const isThere = item?.[name] !== undefined;
      expectToken(')');
      return isThere === (token === 'attribute_exists');
    }
    return compare(operand(token), take(), operand(take()));
  };
  const compare = (
    a: string | number | undefined,
    operator: string,
    b: string | number | undefined,
  ): boolean => {
    if (a === undefined || b === undefined || typeof a !== typeof b) return operator === '<>';
    switch (operator) {
      case '=':
        return a === b;
      case '<>':
        return a !== b;
      case '<':
        return a < b;
      case '<=':
        return a <= b;
      case '>':
        return a > b;
      case '>=':
        return a >= b;
      default:
        throw new Error(`"${expression}": ${operator} is not known`);
    }
  };

  const met = either();
  if (next < tokens.length) throw new Error(`"${expression}": ${tokens[next]} is left over`);
  return met;
}
