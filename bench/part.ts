import { PARTS } from './parts/parts.ts';

/** One part of the bench in this process: its report goes to whoever forked it. */
const [name = '', quick] = process.argv.slice(2);
const part = PARTS.get(name);
if (part === undefined) throw new Error(`There is no part ${name}`);
const measure = await part.load();
const report = await measure({ isQuick: quick === '--quick' });
process.send?.(report, () => process.exit());
