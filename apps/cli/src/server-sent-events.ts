/** One dispatched event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** The last `id:` seen in the stream; empty where there was none. */
  readonly id: string;
  /** `event:`; `message` where none is given. */
  readonly event: string;
  /** `data:` lines joined by line breaks. */
  readonly data: string;
}

/**
 * Reads a stream of server-sent events. Lines may end in CR, LF or CRLF and be cut anywhere by the network, also
 * inside a character; comments and unknown fields are skipped, an event without data is not dispatched, and what is
 * not closed by an empty line at the end of the stream is dropped.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readServerSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent, void, void> {
  let id = '';
  let event = '';
  let data: string[] = [];
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') };
      event = '';
      data = [];
      continue;
    }
    const { field, value } = splitField(line);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
}

function splitField(line: string): { field: string; value: string } {
  const colon = line.indexOf(':');
  if (colon < 0) return { field: line, value: '' };
  const value = line.slice(colon + 1);
  return { field: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end may be the first half of CRLF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest.endsWith('\r')) yield rest.slice(0, -1);
}
