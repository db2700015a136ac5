import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { type Progress, type ProgressOptions, plainProgress, silentProgress, terminalProgress } from './progress.js';

/** Where a command writes to. */
export interface OutputOptions {
  /** Machine-readable: stdout carries JSON and nothing else. */
  readonly json: boolean;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
  readonly colour: boolean;
}

/** What a command says, to people or to programs. Text for people is dropped where programs read. */
export class Output {
  readonly json: boolean;
  /** A person is watching: bars may move. */
  readonly live: boolean;
  private readonly colour: boolean;

  constructor(private readonly options: OutputOptions) {
    this.json = options.json;
    this.live = !options.json && options.stdout.isTTY === true;
    this.colour = this.live && options.colour;
  }

  /** A line for people. */
  line(text = ''): void {
    if (!this.json) this.options.stdout.write(`${text}\n`);
  }

  /** A remark that is not part of the answer; goes to stderr. */
  remark(text: string): void {
    this.options.stderr.write(`${text}\n`);
  }

  /** The answer of a command: JSON for programs, `render`'s text for people. */
  result(value: unknown, render: () => string): void {
    this.options.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : `${render()}\n`);
  }

  /** One line of a stream of answers, as JSON; nothing for people. */
  event(value: unknown): void {
    if (this.json) this.options.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A bar on a terminal, a line now and then elsewhere, nothing for programs. */
  progress(label: string, options: ProgressOptions = {}): Progress {
    if (this.json) return silentProgress();
    if (this.live) return terminalProgress(label, this.options.stdout, options);
    return plainProgress(label, (text) => this.line(text), options);
  }

  bold(text: string): string {
    return this.style('bold', text);
  }

  dim(text: string): string {
    return this.style('dim', text);
  }

  good(text: string): string {
    return this.style('green', text);
  }

  private style(name: 'bold' | 'dim' | 'green', text: string): string {
    return this.colour ? styleText(name, text) : text;
  }
}
