import { ConsoleLogger, type LogLevel } from '@nestjs/common';

const order: readonly LogLevel[] = ['debug', 'log', 'warn', 'error', 'fatal'];

/** What the framework tells of each start, route by route. */
const startUp = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Logs one JSON object per line on stderr: stdout is kept for what a parent process reads. */
export class JsonLogger extends ConsoleLogger {
  /** @param level The least severe level that is written. */
  constructor(level: 'debug' | 'log' | 'warn' | 'error') {
    super({
      json: true,
      colors: false,
      flattenParams: true,
      logLevels: order.slice(order.indexOf(level)) as LogLevel[],
      redact: ['authorization', 'cookie', 'token', 'workerToken', 'databaseUrl', 'password'],
    });
  }

  protected override printAsJson(message: unknown, options: Parameters<ConsoleLogger['printAsJson']>[1]): void {
    if (options.logLevel === 'log' && startUp.has(options.context) && !this.isLevelEnabled('debug')) return;
    super.printAsJson(message, { ...options, writeStreamType: 'stderr' });
  }
}
