// report/log.ts — events as log lines on standard error, through winston.
import winston from 'winston';
import type { Plan, Reporter } from '../core/resource.ts';

/** Every step as it happens. What goes wrong is told at the end in any case. */
export function createLog(): Reporter {
  const logger = winston.createLogger({
    level: 'debug',
    format: winston.format.printf(({ level, message }) => `${level}: ${String(message)}`),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  });
  let plan: Plan | undefined;
  const name = (step: number): string => plan?.steps[step]?.changes.map(({ verb, ref }) => `${verb} ${ref}`).join(', ') ?? `step ${step}`;
  return (event) => {
    switch (event.event) {
      case 'planned': plan = event.plan; break;
      case 'started': logger.debug(`started: ${name(event.step)}`); break;
      case 'done': logger.debug(`done: ${name(event.step)}`); break;
      case 'failed': logger.debug(`failed: ${name(event.step)}: ${event.error.message}`); break;
      case 'skipped': logger.debug(`skipped: ${name(event.step)}: it waits for ${name(event.waitingFor)}`); break;
      case 'stopped': logger.debug(`stopped before: ${name(event.step)}`); break;
      case 'settled': logger.debug(event.residual.length === 0 ? 'looked again: nothing differs' : `looked again: ${event.residual.length} differ`); break;
    }
  };
}
