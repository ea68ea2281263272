// Keeps on the device what somebody typed, until it is sent. Hides: localStorage, and browsers that refuse it
// (then a draft lives as long as the page). Drafts older than a week are forgotten.

const prefix = "mashang.draft.";
const kept_ms_max = 7 * 24 * 3600 * 1000;
const in_page = new Map<string, string>();

interface Kept<Draft> {
  at_ms: number;
  draft: Draft;
}

export function keep_draft<Draft>(name: string, draft: Draft): void {
  const kept: Kept<Draft> = { at_ms: Date.now(), draft };
  const text = JSON.stringify(kept);
  in_page.set(name, text);
  try {
    localStorage.setItem(prefix + name, text);
  } catch {
    // Full or forbidden: the copy in the page remains.
  }
}

export function kept_draft<Draft>(name: string): Draft | null {
  const text = read(name);
  if (!text) return null;
  try {
    const kept = JSON.parse(text) as Kept<Draft>;
    if (Date.now() - kept.at_ms > kept_ms_max) {
      drop_draft(name);
      return null;
    }
    return kept.draft;
  } catch {
    drop_draft(name);
    return null;
  }
}

export function drop_draft(name: string): void {
  in_page.delete(name);
  try {
    localStorage.removeItem(prefix + name);
  } catch {
    // Nothing was kept there.
  }
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name) ?? in_page.get(name) ?? null;
  } catch {
    return in_page.get(name) ?? null;
  }
}
