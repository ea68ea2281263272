// SQLite's write-ahead log as its file format is published: a header, then frames of one page each.
//
// A frame belongs to the log's present run if it repeats the header's two salts; a transaction ends with a
// frame that says how many pages the database has now. sqlite.org/fileformat2.html#the_write_ahead_log
import { open } from "node:fs/promises";

const head_bytes = 32,
  frame_head_bytes = 24;

/** {page_bytes, ends: where each whole transaction ends, in bytes} of the present run. */
export async function read_log(file) {
  const opened = await open(file);
  try {
    const bytes = await opened.readFile();
    if (bytes.length < head_bytes) return { page_bytes: 0, ends: [] };
    const page_bytes = bytes.readUInt32BE(8);
    const salts = bytes.subarray(16, 24);
    const ends = [];
    const frame_bytes = frame_head_bytes + page_bytes;
    for (let at = head_bytes; at + frame_bytes <= bytes.length; at += frame_bytes) {
      if (!bytes.subarray(at + 8, at + 16).equals(salts)) break;
      if (bytes.readUInt32BE(at + 4) > 0) ends.push(at + frame_bytes);
    }
    return { page_bytes, ends };
  } finally {
    await opened.close();
  }
}
