// A disk that fails or dawdles: strace takes hold of a running server and tampers with its syncs.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * From now on every fsync and fdatasync of the process does as `fault` says ("error=EIO",
 * "delay_exit=200000" in microseconds). {hits() how many were tampered with, release()}; null, after saying
 * why, where tracing is not allowed.
 */
export async function tamper(pid, fault) {
  const folder = await mkdtemp(join(tmpdir(), "mashang-strace-"));
  const log = join(folder, "calls");
  const calls = "fsync,fdatasync";
  const what = ["-e", `trace=${calls}`, "-e", `inject=${calls}:${fault}`];
  const child = spawn("strace", ["-f", "-p", String(pid), "-o", log, ...what], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  let words = "";
  const ended = new Promise((done) => {
    child.on("error", (error) => done(String(error)));
    child.on("close", () => done(words));
  });
  const attached = new Promise((done) => {
    child.stderr.setEncoding("utf8").on("data", (piece) => {
      words += piece;
      if (/attached/.test(words)) done(true);
    });
  });
  if ((await Promise.race([attached, ended])) !== true) {
    console.log(`strace cannot take hold of a process here: ${words || (await ended)}`);
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  return {
    async hits() {
      const text = await readFile(log, "utf8");
      return text.split("\n").filter((line) => /\((INJECTED|DELAYED)\)/.test(line)).length;
    },
    async release() {
      child.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
