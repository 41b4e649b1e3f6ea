import type { Log, LogFields } from '../../lib/lambda/observability.ts';

export interface LogLine extends LogFields {
  level: 'info' | 'warn' | 'error';
  message: string;
}

/** A log that keeps its lines, with the fields of its parents, instead of writing them. */
export function recordingLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const within = (context: LogFields): Log => ({
    info: (message, fields) => void lines.push({ level: 'info', message, ...context, ...fields }),
    warn: (message, fields) => void lines.push({ level: 'warn', message, ...context, ...fields }),
    error: (message, fields) => void lines.push({ level: 'error', message, ...context, ...fields }),
    child: (fields) => within({ ...context, ...fields }),
  });
  return { log: within({}), lines };
}
