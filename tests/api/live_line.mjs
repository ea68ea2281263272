// One open line of server-sent events, as a page holds it.

const fields_of = (block) => Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));

/** Asked with the client's cookie; next(fits, span_ms) waits for the first event that fits. */
export async function open_line(url, cookie, headers = {}) {
  const ender = new AbortController();
  const sent = { cookie, ...headers };
  const response = await fetch(`${url}/api/v1/live`, { headers: sent, signal: ender.signal });
  const events = [];
  const waiting = [];
  const arrived = (event) => {
    events.push(event);
    for (const wait of [...waiting]) wait();
  };
  const read = async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const piece of response.body) {
      rest += decoder.decode(piece, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const { event, id, data } = fields_of(block);
        if (event) arrived({ name: event, id, data: JSON.parse(data ?? "null") });
      }
    }
  };
  const ended = read().catch(() => {});
  return {
    status: response.status,
    headers: response.headers,
    events,
    next: (fits, span_ms) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.find(fits);
          if (!found) return;
          clearTimeout(timer);
          waiting.splice(waiting.indexOf(look), 1);
          resolve(found);
        };
        const late = () => `no such event in ${span_ms} ms; came: ${JSON.stringify(events)}`;
        const timer = setTimeout(() => reject(new Error(late())), span_ms);
        waiting.push(look);
        look();
      }),
    async close() {
      ender.abort();
      await ended;
    },
  };
}
