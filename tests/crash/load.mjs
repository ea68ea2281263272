// Residents who send without pause, until they are told to stop or the server is gone; and what came of it.
import assert from "node:assert/strict";
import { new_key } from "../api/server.mjs";

const texts = ["单车堵住了盲道", "路灯不亮", "井盖松了", "垃圾没人收"];

/**
 * `lanes` senders, each one report after another, over the first places of the district; every eighth brings
 * a photo, and its owner signs off every fifth. What is known then:
 *   acknowledged  [{key, body, text, json}] of each report that was answered 201
 *   signed        numbers of the cases whose sign-off was answered 200
 *   refused       [answer] of each that was answered otherwise
 *   open          Map(key -> body) of each that was sent and never answered
 * stop() lets every sender finish what it has begun; ended is settled when all have.
 */
export function start_load(district, { lanes = 8, places = 6, photos = true, staff = true } = {}) {
  const known = { acknowledged: [], signed: [], refused: [], open: new Map() };
  let sent = 0,
    stopping = false;

  const send_one = async () => {
    const n = (sent += 1);
    const token = district.tokens[n % places];
    const body = { token, text: `${texts[n % texts.length]} ${n}`, matter_code: "S33010609011" };
    const phone = `1380000${String(n % 10_000).padStart(4, "0")}`;
    body.reporter = { kind: "resident", name: "张三", phone };
    const key = new_key();
    if (photos && n % 8 === 0) body.media = [await district.upload_here(token)];
    known.open.set(key, body);
    const answer = await district.send(body, key);
    known.open.delete(key);
    if (answer.status !== 201) return known.refused.push(answer);
    known.acknowledged.push({ key, body, text: answer.text, json: answer.json });
    if (!staff || n % 5 !== 0) return;
    const { owner, number } = answer.json;
    const signed = await district.give(owner, number, "sign-off", {}, { "Idempotency-Key": new_key() });
    if (signed.status === 200) known.signed.push(number);
  };

  const keep_sending = async () => {
    while (!stopping) await send_one();
  };
  // A lane ends with the server: its last report stays among the open ones.
  const ended = Promise.all(Array.from({ length: lanes }, () => keep_sending().catch(() => {})));
  return {
    ...known,
    ended,
    async stop() {
      stopping = true;
      await ended;
    },
    async until(count) {
      while (known.acknowledged.length < count) await district.server.get("/healthz");
    },
  };
}

/** The same request again gives the very answer of then; one that was never answered is taken now, once. */
export async function assert_repeatable(district, load) {
  for (const { key, body, text } of load.acknowledged) {
    const again = await district.send(body, key);
    assert.equal(again.status, 201, again.text);
    assert.equal(again.text, text, "the same key gives the same answer");
    assert.equal(again.headers.get("idempotent-replayed"), "true");
  }
  for (const [key, body] of load.open) {
    const late = await district.send(body, key);
    assert.equal(late.status, 201, late.text);
    load.acknowledged.push({ key, body, text: late.text, json: late.json });
  }
  load.open.clear();
}
